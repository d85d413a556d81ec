// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/sim_base.h"

#include "datastore/ledger.h"
#include "model/document.h"
#include "remote/link.h"
#include "support/memory_repository.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hashira::sim {

/// Whether a task still has that field after it was swept.
inline bool staysWhenSwept(std::string_view field) {
    return field == "deleted" || field == "place" || field == "done";
}

/// The real ledger over a repository in memory, and a book of which commands had an effect in it.
class SimDatastore {
public:
    SimDatastore(const WorldTime& time, std::uint64_t seed);

    /// A command as it took effect: more than one entry of an id means that it was applied again.
    using Applied =
        std::map<std::string, std::set<std::string>>;  // command id -> texts of its stamps

    /// What the documents must be, by a merge of its own: the greatest (stamp, value) of each
    /// field.
    using Expected = std::map<std::string, std::map<std::string, std::pair<Stamp, std::string>>>;

    struct Backup {
        test::MemoryRepository repository;
        Applied applied;
        Expected expected;
    };
    Backup backup() const { return {m_repository, m_applied, m_expected}; }
    void restore(const Backup& backup);
    /// An empty one of the same account.
    void wipe();

    Result<sync::Hello> hello(const sync::WatchRequest& request);
    /// Commands of which `refuse` says so are refused as a newer datastore would.
    Result<sync::ApplyResponse> apply(sync::ApplyRequest request,
                                      const std::set<std::string>& refuse);
    /// `known`: the commands that the pushing device's base contains.
    Result<sync::PushResponse> push(const sync::PushRequest& request, const Applied& known);
    /// Removes what is older, in small steps, until there is no more.
    Status sweep(std::int64_t retentionMs);
    struct Fetched {
        std::vector<sync::Chunk> chunks;
        remote::FetchEnd end;
    };
    Result<Fetched> fetch(const sync::FetchRequest& request);

    const Applied& applied() const { return m_applied; }
    /// What was applied when that token was the newest.
    const Applied& appliedAt(const std::string& token) const;
    /// Tasks that have lost what was in them.
    const std::set<std::string>& swept() const { return m_swept; }
    /// Tasks that were restored by a command that did not repeat what was in them: at once, or by a
    /// device that has none of it.
    const std::set<std::string>& restoredBare() const { return m_restoredBare; }
    /// Tasks that were done or deleted at any time, whatever became of them.
    const std::set<std::string>& onceClosed() const { return m_onceClosed; }
    std::uint64_t version() const;
    std::map<std::string, VersionedDocument> documents() const;

    std::int64_t skewMs = 0;
    bool noDoubles = true;  ///< whether a second stamp of one command is a violation now
    std::vector<std::string> violations;

private:
    datastore::ledger::Context context();
    void expect(const std::string& task, const std::string& field, const std::string& value,
                const Stamp& stamp);
    void checkDocument(const std::string& task);
    /// What a step of a sweep took out of the documents.
    void noteSwept(const test::MemoryRepository& before);

    const WorldTime& m_time;
    SimRandom m_random;
    test::MemoryRepository m_repository;
    Applied m_applied;
    Expected m_expected;
    std::map<std::string, Applied> m_appliedAt;
    std::set<std::string> m_swept;
    std::set<std::string> m_restoredBare;
    std::set<std::string> m_onceClosed;
};

inline constexpr char kAccount[] = "11111111-1111-4111-8111-111111111111";

}  // namespace hashira::sim

// SPDX-License-Identifier: MIT
#pragma once

#include "model/chain.h"
#include "model/command.h"
#include "model/document.h"
#include "model/sync.h"
#include "store/database.h"
#include "store/outbox.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hashira::store {

enum class Shown { kHidden = 0, kVisible = 1, kDeleted = 2 };

/// One task in the document store.
struct Record {
    std::string id;
    std::uint64_t version = 0;  ///< of the base; 0: there is none
    std::string baseText;       ///< empty: no base
    std::optional<Bucket> baseBucket;
    Document view;                 ///< the base itself where nothing is pending over it
    bool pending = false;          ///< a command for it is not covered
    std::uint64_t generation = 0;  ///< of the full fetch that last brought the base

    Shown shown() const {
        if (!view.hasName()) return Shown::kHidden;
        return view.deleted() ? Shown::kDeleted : Shown::kVisible;
    }
    /// The base as a document; empty where there is none.
    Document base() const;
};

/// What the base is of.
struct BaseState {
    std::string account;
    std::string incarnation;
    std::optional<sync::Cursor> cursor;
    Covered covered;
    std::optional<Week> windowFrom;  ///< weeks from here on, and open, were fetched whole
    HlcTime clock;                   ///< the greatest stamp ever seen in a base
    std::uint64_t reflected = 0;     ///< the outbox's change number that the views contain
    std::uint64_t generation = 0;
    std::int64_t lastSyncMs = 0;
    std::int64_t lastDoctorMs = 0;

    bool operator==(const BaseState&) const = default;
};

/// Where a task stands among those of its place.
struct RankAt {
    std::string rank;
    std::string id;
    auto operator<=>(const RankAt&) const = default;
};

/// documents.db. Writes need a transaction of database(). For the core thread.
class Documents {
public:
    static Result<std::unique_ptr<Documents>> open(const std::string& path);
    ~Documents();

    Database& database() { return *m_database; }

    /// Reads the state anew, also after a rollback.
    Result<BaseState> state();
    /// Writes what differs from what was read or saved last.
    Status saveState(const BaseState& state);
    Status saveReflected(std::uint64_t change);

    Result<std::optional<Record>> record(const std::string& id);
    /// The version of the task's base; 0: there is none.
    Result<std::uint64_t> baseVersion(const std::string& id);
    Status put(const Record& record);
    /// All of them; an id stands there once.
    Status put(const std::vector<const Record*>& records);
    Status remove(const std::string& id);

    /// Tasks with a name whose view lies in buckets from `low` to `high`, both inclusive.
    Status each(Bucket low, Bucket high, const std::function<void(const Record&)>& visit);

    // --- ranks of the visible tasks of a place ---
    Result<std::optional<RankAt>> first(Place place);
    Result<std::optional<RankAt>> last(Place place);
    /// The neighbour after or before, by (rank, id).
    Result<std::optional<RankAt>> next(Place place, const RankAt& at);
    Result<std::optional<RankAt>> previous(Place place, const RankAt& at);

    // --- sync ---
    /// Base documents by ascending id after `after`, as a JSON array of at most `bytes` or one
    /// document; `last` is the id to go on after, empty where there are no more.
    struct PushBatch {
        std::string json;
        std::string last;
    };
    Result<PushBatch> pushBatch(const std::string& after, std::size_t bytes);

    Status stage(const std::string& chunk);
    Status eachStaged(const std::function<Status(std::string_view chunk)>& visit);
    Status clearStage();

    /// Ids whose base lies in the scope and was not brought by that generation.
    Result<std::vector<std::string>> missing(const sync::Scope& scope, std::uint64_t generation);
    /// Ids of records that are older than the week in view and base, and not pending.
    Result<std::vector<std::string>> evictable(Week oldest);

    struct BucketState {
        Bucket bucket;
        Hash digest;
        std::uint64_t count = 0;
    };
    /// Digests of the base documents of each bucket of the scope that has any.
    Result<std::vector<BucketState>> digests(const sync::Scope& scope);
    Result<std::uint64_t> count();

private:
    struct Statements;
    explicit Documents(std::unique_ptr<Database> database);
    Result<std::optional<RankAt>> neighbour(Statement& statement);
    Status saveCovered(const Covered& covered);

    std::unique_ptr<Database> m_database;
    Meta m_meta;
    std::unique_ptr<Statements> m_sql;
    BaseState m_saved;                   ///< as the file, or the transaction under way, has it
    std::uint64_t m_savedRollbacks = 0;  ///< Database::rollbacks() then
};

}  // namespace hashira::store

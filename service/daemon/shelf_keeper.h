// SPDX-License-Identifier: MIT
#pragma once

#include "model/front.h"
#include "store/documents.h"
#include "wire/snapshot.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>

namespace hashira::daemon {

/// Where a task was shown before a change.
struct ShownAt {
    Bucket bucket;
    bool pending = false;
    Document view;
};

/// Turns changes of views into the next shelf and the notice of it. Snapshots are built when first
/// asked for, and forgotten when nobody asks for a while. All members but shelf() are for the core
/// thread.
class ShelfKeeper {
public:
    ShelfKeeper(std::string epoch, Week current);

    /// What Retrieve reads; any thread, never null.
    std::shared_ptr<const wire::Shelf> shelf() const;

    /// Notes one changed task: where it was shown (nothing: nowhere), and what it is now (null:
    /// gone).
    void note(const std::string& id, const std::optional<ShownAt>& before,
              const store::Record* after);
    void noteRejected() { m_notice.rejectedChanged = true; }

    /// What was noted and is not published: to be taken before a transaction, and given back where
    /// that is rolled back.
    struct Noted {
        front::Notice notice;
        std::map<Week, wire::WeekSnapshot::Change> changes;
        std::unordered_set<std::string> put;
    };
    Noted noted() const { return {m_notice, m_changes, m_put}; }
    void restore(Noted noted);

    /// Publishes all that was noted at a new revision. Nothing where nothing was.
    std::optional<front::Notice> publish();
    /// The revision that publish() gave last.
    const front::Revision& revision() const { return m_revision; }

    /// Adds weeks that were read from the store.
    void add(std::map<Week, std::vector<wire::SnapshotTask>> weeks, std::int64_t nowMs);
    bool has(Week week) const;
    /// Somebody asked for these weeks now.
    void touch(Week oldest, Week newest, std::int64_t nowMs);
    /// Forgets weeks that nobody asked for since the moment.
    void forgetBefore(std::int64_t ms);
    /// Forgets all: this week is another one, or the store was rebuilt. Notes the change.
    void turn(Week current);
    void setIncomplete(std::map<Week, std::string> incomplete);

private:
    void replaceShelf(wire::Shelf shelf);
    Week weekOf(Bucket bucket) const;

    mutable std::mutex m_mutex;  // protects m_shelf, the pointer
    std::shared_ptr<const wire::Shelf> m_shelf;

    front::Revision m_revision;
    front::Notice m_notice;
    std::map<Week, wire::WeekSnapshot::Change> m_changes;
    std::unordered_set<std::string> m_put;  ///< ids that m_changes puts somewhere
    std::map<Week, std::int64_t> m_asked;
};

}  // namespace hashira::daemon

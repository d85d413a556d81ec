// SPDX-License-Identifier: MIT
#pragma once

#include "model/document.h"
#include "model/front.h"
#include "wire/entry_index.h"
#include "wire/snapshot_piece.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// What Retrieve hands out: immutable, already serialised, shared by every reader. Built on the
/// core thread, read from any.
namespace hashira::wire {

/// One task as a snapshot is built from it.
struct SnapshotTask {
    Document document;  ///< the view
    bool pending = false;
};

/// The serialised hashira.v1.Task of a view. Fields nobody knows, and known ones whose value is of
/// an unexpected type, are in extra_json; removed ones are absent.
std::string encodeTask(const Document& document, bool pending);

/// One week at one revision.
class WeekSnapshot {
public:
    using Entry = std::shared_ptr<const SnapshotEntry>;
    using Piece = std::shared_ptr<const SnapshotPiece>;

    /// A snapshot of all these tasks, all of the given revision, in any order.
    static std::shared_ptr<const WeekSnapshot> build(Week week, std::vector<SnapshotTask> tasks,
                                                     std::uint64_t revision);

    /// What changed: these tasks are now (or still) in the week, those ids no longer are. Of an id
    /// in both, `put` holds; of an id put twice, the later.
    struct Change {
        std::vector<SnapshotTask> put;
        std::vector<std::string> remove;
    };
    /// This snapshot after the change; unchanged pieces are shared. The cost is that of the pieces
    /// touched. A task put with nothing changed keeps its revision.
    std::shared_ptr<const WeekSnapshot> with(const Change& change, std::uint64_t revision) const;

    Week week() const { return m_week; }
    /// The number of tasks, deleted ones too.
    std::size_t size() const { return m_size; }

    /// Whether changes since that revision (of the same epoch) can still be told.
    bool knows(std::uint64_t since) const { return since >= m_knownFrom; }

    /// The week in order: the pieces that hold a task to show. Each one's body() is the `tasks` of
    /// one message.
    std::vector<Piece> pieces(bool includeDeleted) const;

    /// What changed after a revision that is known.
    struct Delta {
        std::vector<Piece> pieces;  ///< as of pieces(), changed tasks only
        std::vector<std::string>
            removed;  ///< left the week, or (unless asked for) deleted; ascending
    };
    /// Requires knows(since).
    Delta changedSince(std::uint64_t since, bool includeDeleted) const;

private:
    /// Ids that left the week, by ascending revision. Immutable and shared between snapshots.
    struct Removal {
        std::string id;
        std::uint64_t revision = 0;
    };
    using RemovalBatch = std::shared_ptr<const std::vector<Removal>>;
    struct Plan;

    WeekSnapshot() = default;
    Plan plan(const Change& change, std::uint64_t revision) const;
    std::vector<Piece> applyEdits(const Plan& plan) const;
    void remember(std::vector<Removal> removals);

    Week m_week;
    std::size_t m_size = 0;
    std::vector<Piece> m_pieces;  ///< ascending by key, none empty
    std::shared_ptr<const EntryIndex> m_index;
    std::vector<RemovalBatch> m_removals;
    std::size_t m_removalCount = 0;
    std::uint64_t m_knownFrom = 0;
};

/// All snapshots at one revision: what one Retrieve reads, so that a task that moves from one week
/// to another is in exactly one of them.
struct Shelf {
    front::Revision revision;
    Week current;                                               ///< this week, by the local date
    std::map<Week, std::shared_ptr<const WeekSnapshot>> weeks;  ///< those that somebody asked for
    std::map<Week, std::string> incomplete;  ///< why, for weeks that are not complete
};

}  // namespace hashira::wire

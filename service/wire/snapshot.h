// SPDX-License-Identifier: MIT
#pragma once

#include "model/document.h"
#include "model/front.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// What Retrieve hands out: immutable, already serialised, shared by every reader. Built on the core thread, read
/// from any.
namespace hashira::wire {

/// One task as a snapshot is built from it.
struct SnapshotTask {
    Document document;  ///< the view
    bool pending = false;
};

/// The serialised hashira.v1.Task of a view.
std::string encodeTask(const Document& document, bool pending);

/// One task inside a snapshot.
struct SnapshotEntry {
    std::string key;              ///< (place, rank, id): the order of a week
    std::string id;               ///< the task's
    std::uint64_t revision = 0;   ///< the revision at which it last changed in this week
    bool deleted = false;         ///< told only to those who ask for deleted tasks
    std::string bytes;            ///< field `tasks` of RetrieveResponse: tag, length, Task
};

/// About limits::kPieceBytes of neighbouring entries.
class SnapshotPiece;

/// One week at one revision.
class WeekSnapshot {
public:
    using Entry = std::shared_ptr<const SnapshotEntry>;

    /// A snapshot of all these tasks, all of the given revision, in any order.
    static std::shared_ptr<const WeekSnapshot> build(Week week, std::vector<SnapshotTask> tasks,
                                                     std::uint64_t revision);

    /// What changed: these tasks are now (or still) in the week, those ids no longer are.
    struct Change {
        std::vector<SnapshotTask> put;
        std::vector<std::string> remove;
    };
    /// This snapshot after the change; unchanged pieces are shared. The cost is that of the pieces touched.
    std::shared_ptr<const WeekSnapshot> with(const Change& change, std::uint64_t revision) const;

    Week week() const;
    /// The number of tasks, deleted ones too.
    std::size_t size() const;

    /// Whether changes since that revision (of the same epoch) can still be told.
    bool knows(std::uint64_t since) const;

    // … the members that rpc streams from: see the implementation
};

/// All snapshots at one revision: what one Retrieve reads, so that a task that moves from one week to another
/// is in exactly one of them.
struct Shelf {
    front::Revision revision;
    Week current;                                                 ///< this week, by the local date
    std::map<Week, std::shared_ptr<const WeekSnapshot>> weeks;    ///< those that somebody asked for
    std::map<Week, std::string> incomplete;                       ///< why, for weeks that are not complete
};

}  // namespace hashira::wire

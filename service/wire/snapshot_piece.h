// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hashira::wire {

/// One task inside a snapshot.
struct SnapshotEntry {
    std::string key;             ///< (place, rank, id): the order of a week
    std::string id;              ///< the task's
    std::uint64_t revision = 0;  ///< the revision at which it last changed in this week
    bool deleted = false;        ///< told only to those who ask for deleted tasks
    std::string bytes;           ///< field `tasks` of RetrieveResponse: tag, length, Task
};

/// About limits::kPieceBytes of neighbouring entries. Immutable; any thread.
class SnapshotPiece {
public:
    using Entry = std::shared_ptr<const SnapshotEntry>;

    /// Requires at least one entry, ascending by key.
    explicit SnapshotPiece(std::vector<Entry> entries);
    SnapshotPiece(const SnapshotPiece&) = delete;
    SnapshotPiece& operator=(const SnapshotPiece&) = delete;

    const std::vector<Entry>& entries() const { return m_entries; }
    std::size_t bytes() const { return m_bytes; }
    std::uint64_t leastRevision() const { return m_least; }
    std::uint64_t greatestRevision() const { return m_greatest; }
    /// The number of tasks that such a reader sees.
    std::size_t count(bool includeDeleted) const {
        return m_entries.size() - (includeDeleted ? 0 : m_deleted);
    }

    /// The entries' bytes in one: made when first asked for, then shared by all readers.
    const std::string& body(bool includeDeleted) const;

private:
    std::string join(bool includeDeleted) const;

    std::vector<Entry> m_entries;
    std::size_t m_bytes = 0;
    std::size_t m_deleted = 0;
    std::uint64_t m_least = 0;
    std::uint64_t m_greatest = 0;
    mutable std::once_flag m_allOnce;
    mutable std::string m_all;
    mutable std::once_flag m_shownOnce;
    mutable std::string m_shown;  ///< without deleted ones; unused where there are none
};

/// Cuts entries into pieces of about limits::kPieceBytes and appends these.
void appendPieces(std::vector<std::shared_ptr<const SnapshotPiece>>& pieces,
                  std::vector<SnapshotPiece::Entry> entries);

}  // namespace hashira::wire

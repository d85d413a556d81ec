// SPDX-License-Identifier: MIT
#include "wire/snapshot_piece.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace hashira::wire {

SnapshotPiece::SnapshotPiece(std::vector<Entry> entries) : m_entries(std::move(entries)) {
    m_least = m_entries.front()->revision;
    for (const Entry& entry : m_entries) {
        m_bytes += entry->bytes.size();
        m_deleted += entry->deleted ? 1 : 0;
        m_least = std::min(m_least, entry->revision);
        m_greatest = std::max(m_greatest, entry->revision);
    }
}

const std::string& SnapshotPiece::body(bool includeDeleted) const {
    if (includeDeleted || m_deleted == 0) {
        std::call_once(m_allOnce, [this] { m_all = join(true); });
        return m_all;
    }
    std::call_once(m_shownOnce, [this] { m_shown = join(false); });
    return m_shown;
}

std::string SnapshotPiece::join(bool includeDeleted) const {
    std::string joined;
    joined.reserve(m_bytes);
    for (const Entry& entry : m_entries)
        if (includeDeleted || !entry->deleted) joined += entry->bytes;
    return joined;
}

void appendPieces(std::vector<std::shared_ptr<const SnapshotPiece>>& pieces,
                  std::vector<SnapshotPiece::Entry> entries) {
    if (entries.empty()) return;
    std::size_t left = 0;
    for (const auto& entry : entries) left += entry->bytes.size();
    // Even parts: a piece that grew by one task becomes two halves with room to grow, not a whole
    // one and a crumb.
    std::size_t parts =
        std::max<std::size_t>(1, (left + limits::kPieceBytes / 2) / limits::kPieceBytes);
    if (parts == 1) {
        pieces.push_back(std::make_shared<const SnapshotPiece>(std::move(entries)));
        return;
    }
    std::vector<SnapshotPiece::Entry> part;
    std::size_t bytes = 0;
    for (auto& entry : entries) {
        bytes += entry->bytes.size();
        part.push_back(std::move(entry));
        if (parts > 1 && bytes >= left / parts) {
            pieces.push_back(std::make_shared<const SnapshotPiece>(std::exchange(part, {})));
            left -= bytes;
            bytes = 0;
            --parts;
        }
    }
    if (!part.empty()) pieces.push_back(std::make_shared<const SnapshotPiece>(std::move(part)));
}

}  // namespace hashira::wire

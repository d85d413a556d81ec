// SPDX-License-Identifier: MIT
#pragma once

#include "wire/snapshot_piece.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace hashira::wire {

/// Finds a snapshot's entry by task id. Immutable: a change copies only the shards that it touches.
/// There are about as many shards as entries in each, so one change of n tasks costs 2 sqrt(n)
/// pointers.
class EntryIndex {
public:
    using Entry = std::shared_ptr<const SnapshotEntry>;
    /// What an id had and what it has now; either may be null, not both.
    struct Edit {
        Entry before;
        Entry after;
    };

    static std::shared_ptr<const EntryIndex> build(
        const std::vector<std::shared_ptr<const SnapshotPiece>>& pieces);
    /// Requires that each `before` is in the index.
    std::shared_ptr<const EntryIndex> with(const std::vector<Edit>& edits) const;
    /// False where build() is the better way to that many entries after that many edits.
    bool suits(std::size_t entries, std::size_t edits) const;

    /// Null where there is none.
    Entry find(std::string_view id) const;

private:
    struct Slot {
        std::size_t hash;
        Entry entry;
    };
    using Shard = std::vector<Slot>;  ///< ascending by hash

    const Shard& shardOf(std::size_t hash) const { return *m_shards[hash & (m_shards.size() - 1)]; }

    std::vector<std::shared_ptr<const Shard>> m_shards;  ///< a power of two of them
};

}  // namespace hashira::wire

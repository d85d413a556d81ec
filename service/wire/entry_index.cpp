// SPDX-License-Identifier: MIT
#include "wire/entry_index.h"

#include <algorithm>
#include <functional>

namespace hashira::wire {
namespace {

std::size_t hashOf(std::string_view id) {
    return std::hash<std::string_view>()(id);
}

/// The first slot of that hash, in a shard const or not.
template <typename Shard>
auto firstOf(Shard& shard, std::size_t hash) {
    return std::lower_bound(shard.begin(), shard.end(), hash,
                            [](const auto& slot, std::size_t h) { return slot.hash < h; });
}

/// The slot of that id, or the end.
template <typename Shard>
auto slotOf(Shard& shard, std::size_t hash, std::string_view id) {
    auto at = firstOf(shard, hash);
    while (at != shard.end() && at->hash == hash && at->entry->id != id) ++at;
    return at != shard.end() && at->hash == hash ? at : shard.end();
}

}  // namespace

std::shared_ptr<const EntryIndex> EntryIndex::build(
    const std::vector<std::shared_ptr<const SnapshotPiece>>& pieces) {
    std::size_t entries = 0;
    for (const auto& piece : pieces) entries += piece->entries().size();
    std::size_t count = 1;
    while (count * count < entries) count *= 2;
    std::vector<Shard> shards(count);
    for (const auto& piece : pieces)
        for (const Entry& entry : piece->entries()) {
            const std::size_t hash = hashOf(entry->id);
            shards[hash & (count - 1)].push_back({hash, entry});
        }
    auto index = std::make_shared<EntryIndex>();
    index->m_shards.reserve(count);
    for (Shard& shard : shards) {
        std::sort(shard.begin(), shard.end(),
                  [](const Slot& a, const Slot& b) { return a.hash < b.hash; });
        index->m_shards.push_back(std::make_shared<const Shard>(std::move(shard)));
    }
    return index;
}

bool EntryIndex::suits(std::size_t entries, std::size_t edits) const {
    return entries <= 8 * m_shards.size() * m_shards.size() && edits <= entries / 2;
}

std::shared_ptr<const EntryIndex> EntryIndex::with(const std::vector<Edit>& edits) const {
    auto index = std::make_shared<EntryIndex>(*this);
    const std::size_t mask = m_shards.size() - 1;
    std::vector<std::pair<std::size_t, const Edit*>> byShard;
    byShard.reserve(edits.size());
    for (const Edit& edit : edits)
        byShard.emplace_back(hashOf((edit.after ? edit.after : edit.before)->id), &edit);
    std::sort(byShard.begin(), byShard.end(),
              [mask](const auto& a, const auto& b) { return (a.first & mask) < (b.first & mask); });
    for (std::size_t i = 0; i < byShard.size();) {
        const std::size_t number = byShard[i].first & mask;
        auto shard = std::make_shared<Shard>(*m_shards[number]);
        for (; i < byShard.size() && (byShard[i].first & mask) == number; ++i) {
            const auto& [hash, edit] = byShard[i];
            if (edit->before && edit->after)
                slotOf(*shard, hash, edit->before->id)->entry = edit->after;
            else if (edit->before)
                shard->erase(slotOf(*shard, hash, edit->before->id));
            else
                shard->insert(firstOf(*shard, hash), {hash, edit->after});
        }
        index->m_shards[number] = std::move(shard);
    }
    return index;
}

EntryIndex::Entry EntryIndex::find(std::string_view id) const {
    const std::size_t hash = hashOf(id);
    const Shard& shard = shardOf(hash);
    const auto at = slotOf(shard, hash, id);
    return at == shard.end() ? Entry() : at->entry;
}

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#include "wire/snapshot.h"

#include "base/limits.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hashira::wire {
namespace {

using Entry = WeekSnapshot::Entry;
using Piece = WeekSnapshot::Piece;

/// Removals remembered for deltas. Beyond it a front end that was away gets the whole week: a
/// redraw, not a loss.
constexpr std::size_t kRemovals = 4'096;
/// Removals in one shared batch, so that a change copies few pointers and few ids.
constexpr std::size_t kRemovalBatch = 64;
/// A piece that grew beyond this is cut, one below the other is joined with its neighbour.
constexpr std::size_t kLargePiece = limits::kPieceBytes * 3 / 2;
constexpr std::size_t kTinyPiece = limits::kPieceBytes / 4;

/// (place, rank, id) so that comparing bytes is the order of a week: a rank has no byte 0.
std::string keyOf(const Document& document) {
    std::string key(1, static_cast<char>('0' + static_cast<int>(placeOf(document.value("place")))));
    key += document.string("rank");
    key += '\0';
    key += document.id;
    return key;
}

/// Field 7 (`tasks`) of RetrieveResponse, length-delimited.
std::string taskField(const std::string& task) {
    std::string bytes(1, static_cast<char>(7 << 3 | 2));
    bytes.reserve(task.size() + 6);
    std::size_t left = task.size();
    for (; left >= 0x80; left >>= 7) bytes += static_cast<char>(left | 0x80);
    bytes += static_cast<char>(left);
    bytes += task;
    return bytes;
}

Entry makeEntry(const SnapshotTask& task, std::uint64_t revision) {
    auto entry = std::make_shared<SnapshotEntry>();
    entry->key = keyOf(task.document);
    entry->id = task.document.id;
    entry->revision = revision;
    entry->deleted = task.document.deleted();
    entry->bytes = taskField(encodeTask(task.document, task.pending));
    return entry;
}

bool keyLess(const Entry& a, const Entry& b) {
    return a->key < b->key;
}

/// One place of the order: `after` null takes the entry of that key out.
struct KeyEdit {
    std::string_view key;
    Entry after;
};

/// The entries with the edits, both ascending by key.
std::vector<Entry> mergeEdits(const std::vector<Entry>& entries, const KeyEdit* edit,
                              const KeyEdit* end) {
    std::vector<Entry> merged;
    merged.reserve(entries.size() + static_cast<std::size_t>(end - edit));
    auto entry = entries.begin();
    while (entry != entries.end() || edit != end) {
        const bool old = edit == end || (entry != entries.end() && (*entry)->key < edit->key);
        if (old) {
            merged.push_back(*entry++);
            continue;
        }
        if (entry != entries.end() && (*entry)->key == edit->key) ++entry;
        if (edit->after) merged.push_back(edit->after);
        ++edit;
    }
    return merged;
}

/// Appends entries that were touched: joined with the piece before where one of the two is tiny,
/// cut where they are large.
void appendTouched(std::vector<Piece>& pieces, std::vector<Entry> entries) {
    if (entries.empty()) return;
    std::size_t bytes = 0;
    for (const Entry& entry : entries) bytes += entry->bytes.size();
    if (!pieces.empty() && (bytes < kTinyPiece || pieces.back()->bytes() < kTinyPiece) &&
        bytes + pieces.back()->bytes() <= limits::kPieceBytes) {
        std::vector<Entry> joined = pieces.back()->entries();
        joined.insert(joined.end(), entries.begin(), entries.end());
        pieces.back() = std::make_shared<const SnapshotPiece>(std::move(joined));
    } else if (bytes > kLargePiece) {
        appendPieces(pieces, std::move(entries));
    } else {
        pieces.push_back(std::make_shared<const SnapshotPiece>(std::move(entries)));
    }
}

/// Appends a piece that was not touched, unless the one before is tiny.
void appendShared(std::vector<Piece>& pieces, const Piece& piece) {
    const bool join = !pieces.empty() && pieces.back()->bytes() < kTinyPiece &&
                      pieces.back()->bytes() + piece->bytes() <= limits::kPieceBytes;
    if (join)
        appendTouched(pieces, piece->entries());
    else
        pieces.push_back(piece);
}

}  // namespace

/// What a change comes to.
struct WeekSnapshot::Plan {
    std::vector<EntryIndex::Edit> byId;
    std::vector<KeyEdit> byKey;  ///< ascending; views into the entries of byId
    std::vector<Removal> removals;
    std::size_t added = 0;
};

std::shared_ptr<const WeekSnapshot> WeekSnapshot::build(Week week, std::vector<SnapshotTask> tasks,
                                                        std::uint64_t revision) {
    std::vector<Entry> entries;
    entries.reserve(tasks.size());
    for (const SnapshotTask& task : tasks) entries.push_back(makeEntry(task, revision));
    std::sort(entries.begin(), entries.end(), keyLess);
    std::shared_ptr<WeekSnapshot> snapshot(new WeekSnapshot);
    snapshot->m_week = week;
    snapshot->m_size = entries.size();
    appendPieces(snapshot->m_pieces, std::move(entries));
    snapshot->m_index = EntryIndex::build(snapshot->m_pieces);
    snapshot->m_knownFrom = revision;
    return snapshot;
}

WeekSnapshot::Plan WeekSnapshot::plan(const Change& change, std::uint64_t revision) const {
    // An id may be named more than once; the last word holds.
    std::unordered_map<std::string_view, const SnapshotTask*> last;
    for (const std::string& id : change.remove) last[id] = nullptr;
    for (const SnapshotTask& task : change.put) last[task.document.id] = &task;

    Plan plan;
    plan.byId.reserve(last.size());
    for (const auto& [id, task] : last) {
        Entry before = m_index->find(id);
        Entry after = task ? makeEntry(*task, revision) : Entry();
        if (!before && !after) continue;
        // The key follows from the bytes.
        if (before && after && before->bytes == after->bytes) continue;
        if (before && !after) plan.removals.push_back({before->id, revision});
        if (!before) ++plan.added;
        plan.byId.push_back({std::move(before), std::move(after)});
    }
    plan.byKey.reserve(plan.byId.size() * 2);
    for (const auto& [before, after] : plan.byId) {
        if (before && (!after || before->key != after->key))
            plan.byKey.push_back({before->key, {}});
        if (after) plan.byKey.push_back({after->key, after});
    }
    std::sort(plan.byKey.begin(), plan.byKey.end(),
              [](const KeyEdit& a, const KeyEdit& b) { return a.key < b.key; });
    return plan;
}

std::vector<WeekSnapshot::Piece> WeekSnapshot::applyEdits(const Plan& plan) const {
    std::vector<Piece> pieces;
    pieces.reserve(m_pieces.size() + 2);
    const KeyEdit* edit = plan.byKey.data();
    const KeyEdit* const end = edit + plan.byKey.size();
    if (m_pieces.empty()) {
        appendTouched(pieces, mergeEdits({}, edit, end));
        return pieces;
    }
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        // A piece owns the keys up to the next one's first.
        const KeyEdit* to = end;
        if (i + 1 < m_pieces.size() && edit != end) {
            const std::string& next = m_pieces[i + 1]->entries().front()->key;
            to = std::lower_bound(edit, end, next, [](const KeyEdit& e, const std::string& key) {
                return e.key < key;
            });
        }
        if (edit == to)
            appendShared(pieces, m_pieces[i]);
        else
            appendTouched(pieces, mergeEdits(m_pieces[i]->entries(), edit, to));
        edit = to;
    }
    return pieces;
}

void WeekSnapshot::remember(std::vector<Removal> removals) {
    if (removals.empty()) return;
    m_removalCount += removals.size();
    if (!m_removals.empty() && m_removals.back()->size() + removals.size() <= kRemovalBatch) {
        auto joined = *m_removals.back();
        joined.insert(joined.end(), removals.begin(), removals.end());
        removals = std::move(joined);
        m_removals.pop_back();
    }
    m_removals.push_back(std::make_shared<const std::vector<Removal>>(std::move(removals)));
    std::size_t gone = 0;
    while (m_removalCount > kRemovals) {
        const auto& oldest = *m_removals[gone++];
        m_removalCount -= oldest.size();
        m_knownFrom = std::max(m_knownFrom, oldest.back().revision);
    }
    m_removals.erase(m_removals.begin(), m_removals.begin() + static_cast<std::ptrdiff_t>(gone));
}

std::shared_ptr<const WeekSnapshot> WeekSnapshot::with(const Change& change,
                                                       std::uint64_t revision) const {
    Plan changes = plan(change, revision);
    if (changes.byId.empty()) return std::shared_ptr<const WeekSnapshot>(new WeekSnapshot(*this));
    std::shared_ptr<WeekSnapshot> snapshot(new WeekSnapshot);
    snapshot->m_week = m_week;
    snapshot->m_size = m_size + changes.added - changes.removals.size();
    snapshot->m_pieces = applyEdits(changes);
    snapshot->m_index = m_index->suits(snapshot->m_size, changes.byId.size())
                            ? m_index->with(changes.byId)
                            : EntryIndex::build(snapshot->m_pieces);
    snapshot->m_removals = m_removals;
    snapshot->m_removalCount = m_removalCount;
    snapshot->m_knownFrom = m_knownFrom;
    snapshot->remember(std::move(changes.removals));
    return snapshot;
}

std::vector<WeekSnapshot::Piece> WeekSnapshot::pieces(bool includeDeleted) const {
    std::vector<Piece> shown;
    shown.reserve(m_pieces.size());
    for (const Piece& piece : m_pieces)
        if (piece->count(includeDeleted) > 0) shown.push_back(piece);
    return shown;
}

WeekSnapshot::Delta WeekSnapshot::changedSince(std::uint64_t since, bool includeDeleted) const {
    Delta delta;
    std::vector<Entry> changed;
    for (const Piece& piece : m_pieces) {
        if (piece->greatestRevision() <= since) continue;
        for (const Entry& entry : piece->entries()) {
            if (entry->revision <= since) continue;
            if (entry->deleted && !includeDeleted)
                delta.removed.push_back(entry->id);
            else
                changed.push_back(entry);
        }
    }
    appendPieces(delta.pieces, std::move(changed));
    for (auto batch = m_removals.rbegin(); batch != m_removals.rend(); ++batch) {
        if ((*batch)->back().revision <= since) break;
        for (const Removal& removal : **batch)
            if (removal.revision > since && !m_index->find(removal.id))
                delta.removed.push_back(removal.id);
    }
    std::sort(delta.removed.begin(), delta.removed.end());
    delta.removed.erase(std::unique(delta.removed.begin(), delta.removed.end()),
                        delta.removed.end());
    return delta;
}

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#include "daemon/shelf_keeper.h"

#include <algorithm>
#include <utility>

namespace hashira::daemon {

ShelfKeeper::ShelfKeeper(std::string epoch, Week current) : m_revision{std::move(epoch), 1} {
    auto shelf = std::make_shared<wire::Shelf>();
    shelf->revision = m_revision;
    shelf->current = current;
    m_shelf = std::move(shelf);
}

std::shared_ptr<const wire::Shelf> ShelfKeeper::shelf() const {
    const std::lock_guard lock(m_mutex);
    return m_shelf;
}

void ShelfKeeper::replaceShelf(wire::Shelf shelf) {
    shelf.revision = m_revision;
    auto next = std::make_shared<const wire::Shelf>(std::move(shelf));
    const std::lock_guard lock(m_mutex);
    m_shelf.swap(next);
}

Week ShelfKeeper::weekOf(Bucket bucket) const {
    return bucket.open() ? m_shelf->current : std::min(bucket.week(), m_shelf->current);
}

void ShelfKeeper::note(const std::string& id, const std::optional<ShownAt>& before,
                       const store::Record* after) {
    const bool shown = after != nullptr && after->shown() != store::Shown::kHidden;
    if (!before && !shown) return;
    const Bucket now = shown ? after->view.bucket() : Bucket{};
    if (before && shown && before->bucket == now && before->pending == after->pending &&
        before->view == after->view)
        return;
    if (before) {
        m_notice.buckets.insert(before->bucket);
        const Week week = weekOf(before->bucket);
        if (m_shelf->weeks.contains(week) && (!shown || weekOf(now) != week)) {
            wire::WeekSnapshot::Change& change = m_changes[week];
            change.remove.push_back(id);
            // It may have come to the week since the last publish() only.
            if (m_put.contains(id))
                std::erase_if(change.put, [&](const auto& put) { return put.document.id == id; });
        }
    }
    if (!shown) return;
    m_notice.buckets.insert(now);
    const Week week = weekOf(now);
    if (!m_shelf->weeks.contains(week)) return;
    m_changes[week].put.push_back({after->view, after->pending});
    m_put.insert(id);
}

void ShelfKeeper::restore(Noted noted) {
    m_notice = std::move(noted.notice);
    m_changes = std::move(noted.changes);
    m_put = std::move(noted.put);
}

std::optional<front::Notice> ShelfKeeper::publish() {
    if (m_notice.buckets.empty() && !m_notice.rejectedChanged && !m_notice.dateTurned) return {};
    ++m_revision.number;
    wire::Shelf next = *m_shelf;
    for (auto& [week, change] : m_changes) {
        auto& snapshot = next.weeks.at(week);
        snapshot = snapshot->with(change, m_revision.number);
    }
    m_changes.clear();
    m_put.clear();
    replaceShelf(std::move(next));
    front::Notice notice = std::exchange(m_notice, {});
    notice.revision = m_revision;
    return notice;
}

void ShelfKeeper::add(std::map<Week, std::vector<wire::SnapshotTask>> weeks, std::int64_t nowMs) {
    wire::Shelf next = *m_shelf;
    for (auto& [week, tasks] : weeks) {
        next.weeks[week] = wire::WeekSnapshot::build(week, std::move(tasks), m_revision.number);
        m_asked[week] = nowMs;
    }
    replaceShelf(std::move(next));
}

bool ShelfKeeper::has(Week week) const {
    return m_shelf->weeks.contains(week);
}

void ShelfKeeper::touch(Week oldest, Week newest, std::int64_t nowMs) {
    for (auto at = m_asked.lower_bound(oldest); at != m_asked.end() && at->first <= newest; ++at)
        at->second = nowMs;
}

void ShelfKeeper::forgetBefore(std::int64_t ms) {
    wire::Shelf next = *m_shelf;
    const std::size_t had = next.weeks.size();
    std::erase_if(m_asked, [&](const auto& asked) {
        if (asked.second >= ms) return false;
        next.weeks.erase(asked.first);
        return true;
    });
    if (next.weeks.size() != had) replaceShelf(std::move(next));
}

void ShelfKeeper::turn(Week current) {
    m_changes.clear();
    m_put.clear();
    m_asked.clear();
    wire::Shelf next;
    next.current = current;
    next.incomplete = m_shelf->incomplete;
    m_notice.dateTurned = true;
    m_notice.buckets.insert(Bucket{});
    m_notice.buckets.insert(Bucket{current.index - 1});
    replaceShelf(std::move(next));
}

void ShelfKeeper::setIncomplete(std::map<Week, std::string> incomplete) {
    if (m_shelf->incomplete == incomplete) return;
    wire::Shelf next = *m_shelf;
    for (const auto& [week, reason] : incomplete) m_notice.buckets.insert(Bucket{week.index});
    for (const auto& [week, reason] : next.incomplete) m_notice.buckets.insert(Bucket{week.index});
    next.incomplete = std::move(incomplete);
    replaceShelf(std::move(next));
}

}  // namespace hashira::daemon

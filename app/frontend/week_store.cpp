// SPDX-License-Identifier: MIT
#include "frontend/week_store.h"

#include <algorithm>
#include <tuple>

namespace hashira::frontend {

void WeekStore::apply(Piece piece) {
    KnownWeek& week = m_weeks[piece.offset];
    if (piece.full && !week.replacing) week.tasks.clear();
    week.replacing = piece.full && !piece.last;
    week.name = piece.week;
    week.complete = piece.complete;
    week.reason = std::move(piece.incompleteReason);
    for (const std::string& id : piece.removedIds) week.tasks.erase(id);
    for (Task& task : piece.tasks) {
        task.week = piece.week;
        std::string id = task.id;
        week.tasks.insert_or_assign(std::move(id), std::move(task));
    }
    m_revision = std::move(piece.revision);
}

void WeekStore::clear() {
    m_weeks.clear();
    m_revision.reset();
}

std::vector<const Task*> WeekStore::tasks(int from, int to) const {
    std::vector<const Task*> all;
    for (const auto& [offset, week] : m_weeks) {
        if (offset < from || offset > to) continue;
        const auto begin = static_cast<std::ptrdiff_t>(all.size());
        for (const auto& [id, task] : week.tasks) all.push_back(&task);
        std::sort(all.begin() + begin, all.end(),
                  [](const Task* a, const Task* b) { return boardOrder(*a, *b); });
    }
    return all;
}

std::vector<Gap> WeekStore::gaps(int from, int to) const {
    std::vector<Gap> gaps;
    for (const auto& [offset, week] : m_weeks)
        if (!week.complete && offset >= from && offset <= to)
            gaps.push_back({week.name, offset, week.reason});
    return gaps;
}

const Task* WeekStore::find(const std::string& id) const {
    for (const auto& [offset, week] : m_weeks)
        if (const auto found = week.tasks.find(id); found != week.tasks.end())
            return &found->second;
    return nullptr;
}

Status readWeeks(Client& client, const RetrieveQuery& query, WeekStore& store) {
    return client.retrieve(query, [&](Piece piece) { store.apply(std::move(piece)); });
}

bool boardOrder(const Task& a, const Task& b) {
    return std::tie(a.place, a.rank, a.id) < std::tie(b.place, b.rank, b.id);
}

}  // namespace hashira::frontend

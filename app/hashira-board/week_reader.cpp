// SPDX-License-Identifier: MIT
#include "week_reader.h"

#include <algorithm>
#include <utility>

namespace hashira::board {

bool WeekReader::concerns(const frontend::Note& note) const {
    if (!m_store.revision() || note.full || note.dateTurned) return true;
    if (note.revision.epoch != m_store.revision()->epoch) return true;
    return std::find(note.weeks.begin(), note.weeks.end(), m_offset) != note.weeks.end();
}

Result<WeekPtr> WeekReader::read(frontend::Client& client) {
    frontend::RetrieveQuery query;
    query.from = query.to = m_offset;
    query.changedSince = m_store.revision();
    if (const Status read = frontend::readWeeks(client, query, m_store); !read) {
        forget();  // half of an answer may be in it
        return read.error();
    }
    return cards();
}

WeekPtr WeekReader::cards() {
    auto week = std::make_shared<WeekCards>();
    week->offset = m_offset;
    for (const frontend::Gap& gap : m_store.gaps(m_offset, m_offset)) {
        week->complete = false;
        week->reason = QString::fromStdString(gap.reason);
    }
    std::map<std::string, CardPtr> kept;
    for (const frontend::Task* task : m_store.tasks(m_offset, m_offset)) {
        const auto known = m_cards.find(task->id);
        CardPtr card = known != m_cards.end() && known->second->task == *task ? known->second
                                                                              : makeCard(*task);
        week->places[static_cast<std::size_t>(task->place) - 1].push_back(card);
        week->byId.emplace(card->task.id, card);
        kept.emplace(task->id, std::move(card));
    }
    m_cards = std::move(kept);
    for (std::vector<CardPtr>& place : week->places)
        std::sort(place.begin(), place.end(),
                  [](const CardPtr& a, const CardPtr& b) { return standsBefore(*a, *b); });
    return week;
}

}  // namespace hashira::board

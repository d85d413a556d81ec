// SPDX-License-Identifier: MIT
#include "task_actions.h"

#include "texts.h"

#include "model/json.h"
#include "model/uuid.h"

#include <algorithm>

namespace hashira::board {

using frontend::FieldMap;
using frontend::Step;

namespace {

std::string placeJson(Place place) {
    return json::quoted(placeName(place));
}

std::vector<Step> update(const std::string& id, FieldMap fields) {
    if (fields.empty()) return {};
    return {{What::kUpdate, id, std::move(fields)}};
}

std::vector<std::string> idsOf(const std::vector<CardPtr>& cards) {
    std::vector<std::string> ids;
    for (const CardPtr& card : cards) ids.push_back(card->task.id);
    return ids;
}

}  // namespace

TaskActions::TaskActions(Board& board, ChangeQueue& queue, const Clock& clock, QObject* parent)
    : QObject(parent), m_board(board), m_queue(queue), m_clock(clock) {}

QString TaskActions::quoted(const QString& name) {
    constexpr qsizetype kMost = 40;
    return name.size() <= kMost ? name : name.left(kMost - 1).trimmed() + QChar(0x2026);
}

void TaskActions::add(Place place, const QString& name) {
    const std::string id = makeUuidV7(m_clock.nowMs(), m_random);
    const FieldMap fields = {{"name", json::quoted(name.toStdString())},
                             {"place", placeJson(place)}};
    m_queue.act(
        tr("Add “%1”").arg(quoted(name)),
        [id, fields] {
            return std::vector<Step>{{What::kNew, id, fields}};
        },
        [this, id](const auto&) { m_board.select({id}); });
}

QString TaskActions::moveWords(const std::vector<CardPtr>& cards) const {
    if (cards.size() == 1) return tr("Move “%1”").arg(quoted(cards.front()->name));
    return tr("Move %n card(s)", nullptr, static_cast<int>(cards.size()));
}

QString TaskActions::moveWords(const std::vector<CardPtr>& cards, Place place) const {
    if (cards.size() == 1)
        return tr("Move “%1” to %2").arg(quoted(cards.front()->name), placeText(place));
    return tr("Move %n card(s) to %1", nullptr, static_cast<int>(cards.size()))
        .arg(placeText(place));
}

std::vector<Step> TaskActions::planAt(const Ids& ids, const Spot& spot) const {
    std::vector<Step> steps;
    for (const std::string& id : ids) {
        const CardPtr now = m_board.find(id);
        if (!now) continue;
        FieldMap fields;
        if (now->task.place != spot.place) fields["place"] = placeJson(spot.place);
        if (!spot.card.empty()) fields[spot.behind ? "after" : "before"] = json::quoted(spot.card);
        if (!fields.empty()) steps.push_back({What::kUpdate, id, std::move(fields)});
    }
    // Each comes right behind the card: the last one that is put there stands first.
    if (spot.behind) std::reverse(steps.begin(), steps.end());
    return steps;
}

std::vector<Step> TaskActions::planPut(const Ids& ids, Place place) const {
    Ids from;
    for (const std::string& id : ids)
        if (const CardPtr now = m_board.find(id); now && now->task.place != place)
            from.push_back(id);
    const auto there = m_board.cards(place);
    if (place == Place::kDone || there.empty()) return planAt(from, {place, {}, false});
    return planAt(from, {place, there.front()->task.id, false});
}

void TaskActions::put(const std::vector<CardPtr>& cards, Place place) {
    const Ids ids = idsOf(cards);
    m_queue.act(
        moveWords(cards, place), [this, ids, place] { return planPut(ids, place); },
        [this, ids](const auto&) { m_board.select(ids); });
}

std::vector<Step> TaskActions::planShift(const Ids& ids, int rows) const {
    const CardPtr first = m_board.find(ids.front());
    if (!first || first->task.place == Place::kDone) return {};
    const CardModel& model = m_board.column(first->task.place).model();
    const IdSet moving(ids.begin(), ids.end());
    const auto moves = [&](int row) { return moving.contains(model.card(row)->task.id); };
    Ids there;
    int top = -1;
    int bottom = -1;
    for (int row = 0; row < model.rowCount(); ++row) {
        if (!moves(row)) continue;
        there.push_back(model.card(row)->task.id);
        if (top < 0) top = row;
        bottom = row;
    }
    if (there.empty()) return {};
    const bool up = rows < 0;
    int to = std::clamp((up ? top : bottom) + rows, 0, model.rowCount() - 1);
    // At the end those with gaps between them close up.
    while (to >= top && to <= bottom && moves(to)) to += up ? 1 : -1;
    if (up ? to > bottom : to < top) return {};
    return planAt(there, {first->task.place, model.card(to)->task.id, !up});
}

void TaskActions::shift(const std::vector<CardPtr>& cards, int rows) {
    const Ids ids = idsOf(cards);
    m_queue.act(
        moveWords(cards), [this, ids, rows] { return planShift(ids, rows); },
        [this, ids](const auto&) { m_board.select(ids); });
}

/// In their order, with none between them.
bool TaskActions::standsAt(const Ids& ids, const Spot& spot) const {
    const CardModel& model = m_board.column(spot.place).model();
    const int first = model.rowOf(ids.front());
    const auto count = static_cast<int>(ids.size());
    if (first < 0 || first + count > model.rowCount()) return false;
    for (int i = 0; i < count; ++i)
        if (model.card(first + i)->task.id != ids[static_cast<std::size_t>(i)]) return false;
    const int beside = spot.behind ? first - 1 : first + count;
    return beside >= 0 && beside < model.rowCount() && model.card(beside)->task.id == spot.card;
}

std::vector<Step> TaskActions::planDrop(const Ids& ids, Place place,
                                        const std::string& before) const {
    if (place == Place::kDone) return planAt(ids, {place, {}, false});
    Spot spot{place, before, false};
    const CardModel& model = m_board.column(place).model();
    if (before.empty() || model.rowOf(before) < 0) {
        const IdSet moving(ids.begin(), ids.end());
        int last = model.rowCount() - 1;
        while (last >= 0 && moving.contains(model.card(last)->task.id)) --last;
        spot = {place, last < 0 ? std::string() : model.card(last)->task.id, true};
    }
    return standsAt(ids, spot) ? std::vector<Step>() : planAt(ids, spot);
}

void TaskActions::drop(const QStringList& dropped, Place place, int row) {
    std::vector<CardPtr> cards;
    for (const QString& id : dropped)
        if (CardPtr card = m_board.find(id.toStdString())) cards.push_back(std::move(card));
    if (cards.empty()) return;
    const Ids ids = idsOf(cards);
    const IdSet moving(ids.begin(), ids.end());
    const CardModel& model = m_board.column(place).model();
    // Rows may come and go until it is this drop's turn: the card that was meant is what counts.
    while (row < model.rowCount() && moving.contains(model.card(row)->task.id)) ++row;
    const std::string before = row < model.rowCount() ? model.card(row)->task.id : std::string();
    const bool stays = cards.front()->task.place == place;
    m_queue.act(
        stays ? moveWords(cards) : moveWords(cards, place),
        [this, ids, place, before] { return planDrop(ids, place, before); },
        [this, ids](const auto&) { m_board.select(ids); });
}

void TaskActions::edit(const std::string& id, const QString& name, const FieldMap& fields) {
    m_queue.act(tr("Edit “%1”").arg(quoted(name)), [id, fields] { return update(id, fields); });
}

void TaskActions::remove(const std::vector<CardPtr>& cards) {
    const QString words = cards.size() == 1
                              ? tr("Delete “%1”").arg(quoted(cards.front()->name))
                              : tr("Delete %n card(s)", nullptr, static_cast<int>(cards.size()));
    m_queue.act(words, [this, ids = idsOf(cards)] {
        std::vector<Step> steps;
        for (const std::string& id : ids)
            if (m_board.find(id)) steps.push_back({What::kDelete, id, {}});
        return steps;
    });
}

}  // namespace hashira::board

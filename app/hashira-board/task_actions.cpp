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
        [this, id](const auto&) { m_board.select(id); });
}

void TaskActions::put(const CardPtr& card, Place place) {
    const std::string id = card->task.id;
    m_queue.act(
        tr("Move “%1” to %2").arg(quoted(card->name), placeText(place)),
        [this, id, place]() -> std::vector<Step> {
            const CardPtr now = m_board.find(id);
            if (!now || now->task.place == place) return {};
            FieldMap fields = {{"place", placeJson(place)}};
            const auto there = m_board.cards(place);
            if (place != Place::kDone && !there.empty())
                fields["before"] = json::quoted(there.front()->task.id);
            return update(id, fields);
        },
        [this, id](const auto&) { m_board.select(id); });
}

std::vector<Step> TaskActions::planShift(const std::string& id, int rows) const {
    const CardPtr now = m_board.find(id);
    if (!now || now->task.place == Place::kDone) return {};
    const CardModel& model = m_board.column(now->task.place).model();
    const int row = model.rowOf(id);
    const int to = std::clamp(row + rows, 0, model.rowCount() - 1);
    if (row < 0 || to == row) return {};
    return update(id, {{rows < 0 ? "before" : "after", json::quoted(model.card(to)->task.id)}});
}

void TaskActions::shift(const CardPtr& card, int rows) {
    const std::string id = card->task.id;
    m_queue.act(
        tr("Move “%1”").arg(quoted(card->name)), [this, id, rows] { return planShift(id, rows); },
        [this, id](const auto&) { m_board.select(id); });
}

std::vector<Step> TaskActions::planDrop(const std::string& id, Place place,
                                        const std::string& before) const {
    const CardPtr now = m_board.find(id);
    if (!now) return {};
    FieldMap fields;
    if (now->task.place != place) fields["place"] = placeJson(place);
    if (place == Place::kDone) return update(id, fields);
    const CardModel& model = m_board.column(place).model();
    const int row = before.empty() ? -1 : model.rowOf(before);
    if (row >= 0) {
        const bool there = row > 0 && model.card(row - 1)->task.id == id;
        if (!there) fields["before"] = json::quoted(before);
    } else if (model.rowCount() > 0 && model.card(model.rowCount() - 1)->task.id != id) {
        fields["after"] = json::quoted(model.card(model.rowCount() - 1)->task.id);
    }
    return update(id, fields);
}

void TaskActions::drop(const std::string& id, Place place, int row) {
    const CardPtr card = m_board.find(id);
    if (!card) return;
    const CardModel& model = m_board.column(place).model();
    // Rows may come and go until it is this drop's turn: the card that was meant is what counts.
    if (row < model.rowCount() && model.card(row)->task.id == id) ++row;
    const std::string before = row < model.rowCount() ? model.card(row)->task.id : std::string();
    const QString words = card->task.place == place
                              ? tr("Move “%1”").arg(quoted(card->name))
                              : tr("Move “%1” to %2").arg(quoted(card->name), placeText(place));
    m_queue.act(
        words, [this, id, place, before] { return planDrop(id, place, before); },
        [this, id](const auto&) { m_board.select(id); });
}

void TaskActions::edit(const std::string& id, const QString& name, const FieldMap& fields) {
    m_queue.act(tr("Edit “%1”").arg(quoted(name)), [id, fields] { return update(id, fields); });
}

void TaskActions::remove(const CardPtr& card) {
    const std::string id = card->task.id;
    m_queue.act(tr("Delete “%1”").arg(quoted(card->name)), [this, id]() -> std::vector<Step> {
        if (!m_board.find(id)) return {};
        return {{What::kDelete, id, {}}};
    });
}

}  // namespace hashira::board

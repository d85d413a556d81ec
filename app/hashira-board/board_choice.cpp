// SPDX-License-Identifier: MIT
// What is current on the board, what is chosen, and how to get around.
#include "board.h"

#include <QApplication>

#include <algorithm>

namespace hashira::board {

std::vector<CardPtr> Board::chosen() const {
    Column& column = *m_columns[static_cast<std::size_t>(m_currentPlace) - 1];
    std::vector<CardPtr> cards;
    for (const QModelIndex& index : column.list().chosenRows())
        cards.push_back(column.model().card(index.row()));
    return cards;
}

/// By the person, in that column.
void Board::takeChoice(Place place) {
    const std::string id = column(place).list().currentId();
    if (id.empty()) return;
    m_currentPlace = place;
    m_current = id;
    m_awaited.clear();
    markChosen();
    Q_EMIT currentChanged();
}

/// Where all that were awaited are shown now, they are chosen.
bool Board::takeAwaited() {
    if (m_awaited.empty()) return false;
    const IdSet awaited(m_awaited.begin(), m_awaited.end());
    const auto isAwaited = [&](const CardPtr& card) { return awaited.contains(card->task.id); };
    for (Column* column : m_columns) {
        const auto& cards = column->model().cards();
        const auto shown = std::count_if(cards.begin(), cards.end(), isAwaited);
        if (static_cast<std::size_t>(shown) != awaited.size()) continue;
        if (!awaited.contains(m_current)) m_current = m_awaited.front();
        m_chosen = awaited;
        m_awaited.clear();
        return true;
    }
    return false;
}

/// Where the current one of several left the column, another one of them is.
void Board::keepWhatStayed() {
    const CardModel& here = column(m_currentPlace).model();
    if (m_chosen.size() < 2 || here.rowOf(m_current) >= 0) return;
    const auto stayed =
        std::find_if(here.cards().begin(), here.cards().end(),
                     [this](const CardPtr& card) { return m_chosen.contains(card->task.id); });
    if (stayed != here.cards().end()) m_current = (*stayed)->task.id;
}

/// What is current stays so wherever it went; where it is gone, the one in its place is.
void Board::followCurrent() {
    const auto* focus = qobject_cast<const CardList*>(QApplication::focusWidget());
    const bool hadFocus = focus != nullptr && isAncestorOf(focus);
    const bool awaited = takeAwaited();
    if (!awaited) keepWhatStayed();
    const auto at = std::find_if(m_columns.begin(), m_columns.end(), [this](Column* column) {
        return column->model().rowOf(m_current) >= 0;
    });
    if (at != m_columns.end()) {
        m_currentPlace = (*at)->place();
        setCurrentRow((*at)->model().rowOf(m_current), awaited);
    } else {
        chooseSome();
        const int last = currentList().cards().rowCount() - 1;
        if (last >= 0) setCurrentRow(std::min(m_firstChosen, last), false);
        m_current = currentList().currentId();
    }
    if (hadFocus && !currentList().hasFocus()) currentList().setFocus();
    markChosen();
    Q_EMIT currentChanged();
}

void Board::setCurrentRow(int row, bool scroll) {
    m_refreshing = true;
    currentList().setCurrentRow(row, scroll, m_chosen);
    m_refreshing = false;
}

/// Cards of one column are marked, not some of each.
void Board::markChosen() {
    m_refreshing = true;
    for (Column* column : m_columns) {
        QItemSelectionModel& marked = *column->list().selectionModel();
        if (column->place() != m_currentPlace)
            marked.clearSelection();
        else if (!marked.hasSelection() && marked.currentIndex().isValid())
            marked.select(marked.currentIndex(), QItemSelectionModel::ClearAndSelect);
    }
    m_refreshing = false;
    const auto before = static_cast<int>(m_chosen.size());
    m_chosen.clear();
    for (const CardPtr& card : chosen()) m_chosen.insert(card->task.id);
    const QModelIndexList rows = currentList().chosenRows();
    m_firstChosen = rows.isEmpty() ? 0 : rows.first().row();
    const bool several = m_chosen.size() > 1 || !m_chosen.contains(m_current);
    if (several != m_view.several) currentList().viewport()->update();
    m_view.several = several;
    if (const auto now = static_cast<int>(m_chosen.size()); now != before)
        Q_EMIT chosenChanged(now);
}

/// Something is current wherever there are cards, so that keys mean something.
void Board::chooseSome() {
    if (currentList().cards().rowCount() == 0 && m_current.empty())
        for (const Place place : {Place::kDone, Place::kBacklog, Place::kTodo, Place::kDoing})
            if (column(place).model().rowCount() > 0) m_currentPlace = place;
    if (currentList().currentIndex().isValid() || currentList().cards().rowCount() == 0) return;
    setCurrentRow(0, false);
}

void Board::go(int columns, int rows) {
    const auto count = static_cast<int>(m_columns.size());
    if (columns == 0) {
        CardList& list = currentList();
        const int last = list.cards().rowCount() - 1;
        const int row = list.currentIndex().isValid() ? list.currentIndex().row() + rows : 0;
        if (last >= 0) list.setCurrentRow(std::clamp(row, 0, last), true);
        return list.setFocus();
    }
    const int y = currentList().currentY();
    // Over columns in which nothing stands.
    for (int at = static_cast<int>(m_currentPlace) - 1 + columns; at >= 0 && at < count;
         at += columns) {
        CardList& list = m_columns[static_cast<std::size_t>(at)]->list();
        const int row = list.rowBeside(y);
        if (row < 0) continue;
        list.setFocus();
        list.setCurrentRow(row, true);
        return takeChoice(m_columns[static_cast<std::size_t>(at)]->place());
    }
}

void Board::goToEnd(bool last) {
    CardList& list = currentList();
    const int count = list.cards().rowCount();
    if (count > 0) list.setCurrentRow(last ? count - 1 : 0, true);
}

void Board::extend(int rows) {
    CardList& list = currentList();
    if (!list.currentIndex().isValid()) return;
    list.extendTo(std::clamp(list.currentIndex().row() + rows, 0, list.cards().rowCount() - 1));
}

void Board::chooseCurrent() {
    CardList& list = currentList();
    if (list.currentIndex().isValid()) list.setCurrentRow(list.currentIndex().row(), true);
}

void Board::select(const std::vector<std::string>& ids) {
    m_awaited = ids;
    followCurrent();
}

void Board::focusCards() {
    chooseSome();
    m_current = currentList().currentId();
    markChosen();
    currentList().setFocus();
}

}  // namespace hashira::board

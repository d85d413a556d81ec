// SPDX-License-Identifier: MIT
#include "board.h"

#include "texts.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>

#include <algorithm>

namespace hashira::board {
namespace {

constexpr int kMargin = 12;
constexpr int kBetween = 10;
constexpr int kMinuteMs = 60'000;

}  // namespace

Board::Board(const Clock& clock, QWidget* parent) : QWidget(parent), m_clock(clock) {
    m_view.now = frontend::Now::of(m_clock);
    takeLook();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kMargin, 0, kMargin, kMargin - 4);
    layout->setSpacing(kBetween);
    for (const Place place : kPlaces) {
        auto* column = new Column(place, m_view, this);
        m_columns[static_cast<std::size_t>(place) - 1] = column;
        layout->addWidget(column, 1);
        wire(*column);
    }
    m_minutes.setTimerType(Qt::VeryCoarseTimer);
    m_minutes.setInterval(kMinuteMs);
    connect(&m_minutes, &QTimer::timeout, this, &Board::refreshTime);
}

void Board::wire(Column& column) {
    const Place place = column.place();
    CardList& list = column.list();
    column.model().setSpeaker(
        [this](const Card& card) { return spokenText(card, m_view.now, m_view.markPending); });
    connect(&list, &CardList::opened, this, &Board::opened);
    connect(&list, &CardList::labelClicked, this, &Board::labelClicked);
    connect(&list, &CardList::currentCardChanged, this, [this, place] {
        if (m_refreshing) return;
        const std::string id = this->column(place).list().currentId();
        if (id.empty()) return;
        m_currentPlace = place;
        m_current = id;
        m_awaited.clear();
        markCurrent();
        Q_EMIT currentChanged();
    });
    connect(&column.model(), &CardModel::dropped, this,
            [this, place](const QString& id, int row) { Q_EMIT dropped(id, place, row); });
    connect(&column, &Column::added, this,
            [this, place](const QString& name) { Q_EMIT added(place, name); });
    connect(&column, &Column::addingEnded, this, &Board::focusCards);
}

const WeekCards* Board::weekOf(Place place) const {
    return place == Place::kDone && m_week != 0 ? m_otherWeek.get() : m_thisWeek.get();
}

std::vector<CardPtr> Board::cards(Place place) const {
    const WeekCards* week = weekOf(place);
    return week == nullptr ? std::vector<CardPtr>() : week->of(place);
}

CardPtr Board::find(const std::string& id) const {
    if (id.empty()) return nullptr;
    for (const WeekCards* week : {m_thisWeek.get(), m_otherWeek.get()}) {
        if (week == nullptr) continue;
        for (const auto& place : week->places)
            for (const CardPtr& card : place)
                if (card->task.id == id) return card;
    }
    return nullptr;
}

QMap<QString, int> Board::labels() const {
    QMap<QString, int> all;
    for (const Place place : kPlaces)
        for (const CardPtr& card : cards(place))
            for (const QString& label : card->labels) ++all[label];
    return all;
}

void Board::setWeek(const WeekPtr& week) {
    if (week->offset == 0)
        m_thisWeek = week;
    else if (week->offset == m_week)
        m_otherWeek = week;
    else
        return;
    refresh();
}

void Board::chooseWeek(int weeksBack) {
    if (weeksBack == m_week) return;
    m_week = weeksBack;
    m_otherWeek.reset();
    const QDate monday = mondayOf(weeksBack, m_view.now);
    //: The heading of what was done in a week that is not this one
    column(Place::kDone)
        .setTitle(weeksBack == 0 ? placeText(Place::kDone)
                                 : tr("Done %1").arg(weekSpanText(monday)));
    refresh();
}

void Board::setFilter(Filter filter) {
    if (filter == m_filter) return;
    m_filter = std::move(filter);
    refresh();
}

void Board::setMarkPending(bool mark) {
    if (mark == m_view.markPending) return;
    m_view.markPending = mark;
    for (Column* column : m_columns) {
        column->list().remeasure();
        column->model().touchAll();
    }
}

void Board::refreshTime() {
    m_view.now = frontend::Now::of(m_clock);
    for (Column* column : m_columns) column->list().viewport()->update();
    minuteTimer();
}

QString Board::emptyText(Place place) const {
    const WeekCards* week = weekOf(place);
    if (week == nullptr) return {};
    if (!week->of(place).empty()) return tr("Nothing here matches");
    if (place == Place::kDone && !week->complete) return week->reason;
    switch (place) {
        case Place::kBacklog: return tr("Ideas for later");
        case Place::kTodo: return tr("What is next?");
        case Place::kDoing: return tr("Nothing is being done");
        case Place::kDone: return tr("Nothing was done yet");
    }
    return {};
}

void Board::refresh() {
    m_view.now = frontend::Now::of(m_clock);
    m_refreshing = true;
    for (Column* column : m_columns) {
        const std::vector<CardPtr> all = cards(column->place());
        column->setCards(filtered(all, m_filter), all.size(), emptyText(column->place()));
    }
    m_refreshing = false;
    followCurrent();
    minuteTimer();
}

/// The current card stays current wherever it went; where it is gone, the one in its place is.
void Board::followCurrent() {
    const auto* focus = qobject_cast<const CardList*>(QApplication::focusWidget());
    const bool hadFocus = focus != nullptr && isAncestorOf(focus);
    const bool awaited = !m_awaited.empty() && find(m_awaited) != nullptr;
    const std::string wanted = awaited ? m_awaited : m_current;
    for (Column* column : m_columns) {
        const int row = wanted.empty() ? -1 : column->model().rowOf(wanted);
        if (row < 0) continue;
        if (awaited) m_awaited.clear();
        const bool moved = column->place() != m_currentPlace;
        m_current = wanted;
        m_currentPlace = column->place();
        m_refreshing = true;
        column->list().setCurrentRow(row, awaited);
        m_refreshing = false;
        if (moved && hadFocus) column->list().setFocus();
        markCurrent();
        Q_EMIT currentChanged();
        return;
    }
    chooseSome();
    m_current = currentList().currentId();
    if (hadFocus && !currentList().hasFocus()) currentList().setFocus();
    markCurrent();
    Q_EMIT currentChanged();
}

/// One card of the board is marked, not one of each column.
void Board::markCurrent() {
    for (Column* column : m_columns) {
        QItemSelectionModel& marked = *column->list().selectionModel();
        if (column->place() != m_currentPlace)
            marked.clearSelection();
        else if (!marked.hasSelection() && marked.currentIndex().isValid())
            marked.select(marked.currentIndex(), QItemSelectionModel::ClearAndSelect);
    }
}

/// Something is current wherever there are cards, so that keys mean something.
void Board::chooseSome() {
    if (currentList().cards().rowCount() == 0 && m_current.empty())
        for (const Place place : {Place::kDone, Place::kBacklog, Place::kTodo, Place::kDoing})
            if (column(place).model().rowCount() > 0) m_currentPlace = place;
    if (currentList().currentIndex().isValid() || currentList().cards().rowCount() == 0) return;
    m_refreshing = true;
    currentList().setCurrentRow(0, false);
    m_refreshing = false;
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
        m_currentPlace = m_columns[static_cast<std::size_t>(at)]->place();
        m_current = list.currentId();
        markCurrent();
        Q_EMIT currentChanged();
        return;
    }
}

void Board::goToEnd(bool last) {
    CardList& list = currentList();
    const int count = list.cards().rowCount();
    if (count > 0) list.setCurrentRow(last ? count - 1 : 0, true);
}

void Board::select(const std::string& id) {
    m_awaited = id;
    followCurrent();
}

void Board::focusCards() {
    chooseSome();
    m_current = currentList().currentId();
    markCurrent();
    currentList().setFocus();
}

void Board::takeLook() {
    m_view.look = Look::of(palette());
}

void Board::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    takeLook();
    if (m_columns.back() != nullptr) refresh();
}

void Board::minuteTimer() {
    const bool needed = isVisible() && column(Place::kDoing).model().rowCount() > 0;
    if (needed == m_minutes.isActive()) return;
    needed ? m_minutes.start() : m_minutes.stop();
}

void Board::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refreshTime();
}

void Board::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_minutes.stop();
}

}  // namespace hashira::board

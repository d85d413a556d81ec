// SPDX-License-Identifier: MIT
#include "board.h"

#include "texts.h"

#include <QEvent>
#include <QHBoxLayout>

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
    connect(&list, &CardList::choiceChanged, this, [this, place] {
        if (!m_refreshing) takeChoice(place);
    });
    connect(&column.model(), &CardModel::dropped, this,
            [this, place](const QStringList& ids, int row) { Q_EMIT dropped(ids, place, row); });
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
        if (const auto card = week->byId.find(id); card != week->byId.end()) return card->second;
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

void Board::takeLook() {
    m_view.look = Look::of(palette());
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

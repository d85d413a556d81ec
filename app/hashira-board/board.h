// SPDX-License-Identifier: MIT
#pragma once

#include "column.h"
#include "filter.h"
#include "week_reader.h"

#include "base/clock.h"

#include <QTimer>
#include <QWidget>

#include <array>

namespace hashira::board {

/// The four columns. Knows what is shown, what is current and how to get around; changes nothing.
class Board : public QWidget {
    Q_OBJECT

public:
    explicit Board(const Clock& clock, QWidget* parent = nullptr);

    /// A week as it was read; what is neither this nor the chosen one is not kept.
    void setWeek(const WeekPtr& week);
    /// Whose done tasks are shown; 0: this week's.
    void chooseWeek(int weeksBack);
    int week() const { return m_week; }
    void setFilter(Filter filter);
    const Filter& filter() const { return m_filter; }
    void setMarkPending(bool mark);
    /// What depends on the time of day is said anew.
    void refreshTime();

    Column& column(Place place) { return *m_columns[static_cast<std::size_t>(place) - 1]; }
    /// Nothing: it is not among what is shown, not even without the filter.
    CardPtr find(const std::string& id) const;
    /// Of the place, filtered or not, in their order.
    std::vector<CardPtr> cards(Place place) const;
    /// The card that actions are meant for.
    CardPtr current() const { return find(m_current); }
    /// All labels there are, with how many cards have each.
    QMap<QString, int> labels() const;
    bool hasRead() const { return m_thisWeek != nullptr; }

    /// To another column or card; to the first or last of the column.
    void go(int columns, int rows);
    void goToEnd(bool last);
    /// Makes it current as soon as it is shown, and scrolls to it. The keyboard follows where it
    /// was for the cards.
    void select(const std::string& id);
    /// The keyboard is for the cards.
    void focusCards();
    Place currentPlace() const { return m_currentPlace; }

Q_SIGNALS:
    void opened();
    void currentChanged();
    void labelClicked(const QString& label);
    void dropped(const QString& taskId, hashira::Place place, int row);
    void added(hashira::Place place, const QString& name);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    const WeekCards* weekOf(Place place) const;
    QString emptyText(Place place) const;
    void wire(Column& column);
    void refresh();
    void followCurrent();
    void chooseSome();
    void markCurrent();
    void takeLook();
    void minuteTimer();
    CardList& currentList() { return column(m_currentPlace).list(); }

    const Clock& m_clock;
    CardView m_view;
    std::array<Column*, 4> m_columns{};
    WeekPtr m_thisWeek;
    WeekPtr m_otherWeek;
    int m_week = 0;
    Filter m_filter;
    Place m_currentPlace = Place::kTodo;
    std::string m_current;  ///< a task's id, or empty
    std::string m_awaited;  ///< to be made current once it is shown
    bool m_refreshing = false;
    /// The only one that runs by time, and only while minutes of doing are seen.
    QTimer m_minutes;
};

}  // namespace hashira::board

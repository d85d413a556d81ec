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
    /// Where the keyboard is.
    CardPtr current() const { return find(m_current); }
    /// Those that actions are meant for, in their order: of one column, and mostly the current one
    /// alone.
    std::vector<CardPtr> chosen() const;
    /// All labels there are, with how many cards have each.
    QMap<QString, int> labels() const;
    /// The palette is another one.
    void takeLook();
    bool hasRead() const { return m_thisWeek != nullptr; }

    /// To another column or card; to the first or last of the column.
    void go(int columns, int rows);
    void goToEnd(bool last);
    /// Chooses all cards up to the one so many rows away; all of the column; only the current one.
    void extend(int rows);
    void chooseAll() { currentList().selectAll(); }
    void chooseCurrent();
    /// Chooses them as soon as they are shown, and scrolls there. The keyboard follows where it was
    /// for the cards.
    void select(const std::vector<std::string>& ids);
    /// The keyboard is for the cards.
    void focusCards();
    Place currentPlace() const { return m_currentPlace; }

Q_SIGNALS:
    void opened();
    void currentChanged();
    /// Of several cards, or of one again.
    void chosenChanged(int count);
    void labelClicked(const QString& label);
    void dropped(const QStringList& taskIds, hashira::Place place, int row);
    void added(hashira::Place place, const QString& name);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    const WeekCards* weekOf(Place place) const;
    QString emptyText(Place place) const;
    void wire(Column& column);
    void refresh();
    // What is current and what is chosen: board_choice.cpp.
    void takeChoice(Place place);
    bool takeAwaited();
    void keepWhatStayed();
    void followCurrent();
    void chooseSome();
    void setCurrentRow(int row, bool scroll);
    void markChosen();
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
    std::string m_current;               ///< a task's id, or empty
    IdSet m_chosen;                      ///< all of one column
    std::vector<std::string> m_awaited;  ///< to be chosen once they are shown
    int m_firstChosen = 0;               ///< its row
    bool m_refreshing = false;           ///< what is chosen changes, but not by the person
    /// The only one that runs by time, and only while minutes of doing are seen.
    QTimer m_minutes;
};

}  // namespace hashira::board

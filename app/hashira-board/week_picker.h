// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/dates.h"

#include <QCalendarWidget>
#include <QFrame>
#include <QPushButton>

namespace hashira::board {

/// A calendar that chooses a week, for a moment above the board.
class WeekPicker : public QFrame {
    Q_OBJECT

public:
    WeekPicker(int weeksBack, const frontend::Now& now, QWidget* parent);

    QCalendarWidget& calendar() { return m_calendar; }

Q_SIGNALS:
    void chosen(int weeksBack);

private:
    void choose(const QDate& day);
    void markWeek(const QDate& day);

    const frontend::Now m_now;
    QCalendarWidget m_calendar;
    QPushButton m_thisWeek;
    QDate m_marked;  ///< the Monday of the week that is marked
};

}  // namespace hashira::board

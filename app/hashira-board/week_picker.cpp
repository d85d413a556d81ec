// SPDX-License-Identifier: MIT
#include "week_picker.h"

#include "texts.h"

#include <QTextCharFormat>
#include <QVBoxLayout>

namespace hashira::board {
namespace {

constexpr int kDays = 7;

}  // namespace

WeekPicker::WeekPicker(int weeksBack, const frontend::Now& now, QWidget* parent)
    : QFrame(parent, Qt::Popup), m_now(now) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Choose a week"));
    m_calendar.setFirstDayOfWeek(Qt::Monday);  // ISO weeks, as tasks are kept by
    m_calendar.setVerticalHeaderFormat(QCalendarWidget::ISOWeekNumbers);
    m_calendar.setGridVisible(false);
    m_calendar.setMaximumDate(mondayOf(0, now).addDays(kDays - 1));
    m_calendar.setSelectedDate(mondayOf(weeksBack, now));
    m_thisWeek.setText(weekName(0));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(&m_calendar);
    layout->addWidget(&m_thisWeek);
    markWeek(m_calendar.selectedDate());
    connect(&m_calendar, &QCalendarWidget::selectionChanged, this,
            [this] { markWeek(m_calendar.selectedDate()); });
    connect(&m_calendar, &QCalendarWidget::clicked, this, &WeekPicker::choose);
    connect(&m_calendar, &QCalendarWidget::activated, this, &WeekPicker::choose);
    connect(&m_thisWeek, &QPushButton::clicked, this, [this] { choose(mondayOf(0, m_now)); });
    m_calendar.setFocus();
}

void WeekPicker::markWeek(const QDate& day) {
    QTextCharFormat plain;
    for (int i = 0; m_marked.isValid() && i < kDays; ++i)
        m_calendar.setDateTextFormat(m_marked.addDays(i), plain);
    QTextCharFormat marked;
    QColor ground = palette().color(QPalette::Highlight);
    ground.setAlphaF(0.25F);
    marked.setBackground(ground);
    m_marked = day.addDays(1 - day.dayOfWeek());
    for (int i = 0; i < kDays; ++i) m_calendar.setDateTextFormat(m_marked.addDays(i), marked);
}

void WeekPicker::choose(const QDate& day) {
    Q_EMIT chosen(std::max(0, weeksBackOf(day, m_now)));
    close();
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"

#include "frontend/dates.h"

#include <QCoreApplication>
#include <QDate>
#include <QString>

/// What the board says about tasks and weeks. Pure: no screen, no clock of its own.
namespace hashira::board {

/// Texts that belong to no window, for translators.
struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Texts)
};

QString placeText(Place place);
/// "Fri"
QString weekdayText(const QDate& day);

/// "today", "tomorrow", "Fri", "1 Dec", with the time of day where there is one.
QString dueText(const std::string& due, const frontend::Now& now);
/// "Friday, 27 November 2026", with the time of day where there is one.
QString longDueText(const std::string& due, const frontend::Now& now);
/// A date as people say it in the language of the desktop, as frontend::parseDate understands it;
/// what is no such word stays as it is.
std::string dateInEnglish(const QString& typed);
/// Whether it is due, not done and the time has passed.
bool isOverdue(const Card& card, const frontend::Now& now);

/// "25 min", "2 h 10 min", "3 days": how long the task is being done; empty where it is not.
QString doingText(const Card& card, const frontend::Now& now);

/// All that a card shows, for those who hear it.
QString spokenText(const Card& card, const frontend::Now& now, bool pendingShown);

/// The Monday of the week that lies so many weeks before now.
QDate mondayOf(int weeksBack, const frontend::Now& now);
/// How many weeks before now the day's week lies; below 0: it is to come.
int weeksBackOf(const QDate& day, const frontend::Now& now);
/// "23 – 29 November 2026"
QString weekSpanText(const QDate& monday);
/// "This week", "Last week", "3 weeks ago"
QString weekName(int weeksBack);

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "texts.h"

#include "model/moment.h"
#include "model/week.h"

#include <QLocale>
#include <QTime>

namespace hashira::board {
namespace {

/// A due date as the day and, where it is a moment, the time of day that they are here.
struct Due {
    QDate day;
    QTime time;  ///< invalid: the day is all
};

QDate dateOf(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::optional<Due> dueOf(const std::string& due, const frontend::Now& now) {
    if (const auto day = parseDay(due)) return Due{dateOf(*day), {}};
    const auto moment = Moment::parse(due);
    if (!moment) return {};
    constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
    const std::int64_t local = moment->utcMs + now.offsetMinutes * std::int64_t{60'000};
    const auto ofDay = static_cast<int>(((local % kDayMs) + kDayMs) % kDayMs);
    return Due{dateOf(dayOf(moment->utcMs, now.offsetMinutes)),
               QTime::fromMSecsSinceStartOfDay(ofDay)};
}

QString dayText(const QDate& day, const QDate& today) {
    const qint64 distance = today.daysTo(day);
    if (distance == 0) return Texts::tr("today");
    if (distance == 1) return Texts::tr("tomorrow");
    if (distance == -1) return Texts::tr("yesterday");
    const QLocale locale;
    if (distance > 1 && distance < 7) return weekdayText(day);
    //: A day of this year in few characters; see QLocale::toString
    if (day.year() == today.year()) return locale.toString(day, Texts::tr("d MMM"));
    //: A day of another year in few characters; see QLocale::toString
    return locale.toString(day, Texts::tr("d MMM yyyy"));
}

}  // namespace

QString weekdayText(const QDate& day) {
    //: A day of the week in few characters; see QLocale::toString
    return QLocale().toString(day, Texts::tr("ddd"));
}

QString placeText(Place place) {
    switch (place) {
        case Place::kBacklog: return Texts::tr("Backlog");
        case Place::kTodo: return Texts::tr("To do");
        case Place::kDoing: return Texts::tr("Doing");
        case Place::kDone: return Texts::tr("Done");
    }
    return {};
}

QString dueText(const std::string& due, const frontend::Now& now) {
    const auto when = dueOf(due, now);
    if (!when) return shownText(due);
    const QString day = dayText(when->day, dateOf(now.day));
    if (!when->time.isValid()) return day;
    return day + QLatin1Char(' ') + QLocale().toString(when->time, QLocale::ShortFormat);
}

QString longDueText(const std::string& due, const frontend::Now& now) {
    const auto when = dueOf(due, now);
    if (!when) return shownText(due);
    const QLocale locale;
    const QString day = locale.toString(when->day, QLocale::LongFormat);
    if (!when->time.isValid()) return day;
    return day + QLatin1Char(' ') + locale.toString(when->time, QLocale::ShortFormat);
}

std::string dateInEnglish(const QString& typed) {
    const QString text = typed.trimmed();
    const std::pair<QString, const char*> words[] = {{Texts::tr("today"), "today"},
                                                     {Texts::tr("tomorrow"), "tomorrow"},
                                                     {Texts::tr("yesterday"), "yesterday"},
                                                     {Texts::tr("next week"), "next week"},
                                                     {Texts::tr("next month"), "next month"}};
    for (const auto& [word, english] : words)
        if (text.compare(word, Qt::CaseInsensitive) == 0) return english;
    const QLocale locale;
    const QLocale english(QLocale::English);
    for (int day = Qt::Monday; day <= Qt::Sunday; ++day)
        for (const auto form : {QLocale::LongFormat, QLocale::ShortFormat})
            if (text.compare(locale.dayName(day, form), Qt::CaseInsensitive) == 0)
                return english.dayName(day).toStdString();
    return text.toStdString();
}

bool isOverdue(const Card& card, const frontend::Now& now) {
    return card.task.due && card.task.place != Place::kDone &&
           frontend::isOverdue(*card.task.due, now);
}

QString doingText(const Card& card, const frontend::Now& now) {
    if (card.task.place != Place::kDoing || card.startedMs == 0) return {};
    constexpr std::int64_t kMinuteMs = 60'000;
    constexpr std::int64_t kHour = 60;
    constexpr std::int64_t kDay = 24 * kHour;
    const std::int64_t minutes = std::max<std::int64_t>(0, now.utcMs - card.startedMs) / kMinuteMs;
    if (minutes < kHour) return Texts::tr("%1 min").arg(minutes);
    if (minutes < kDay) {
        if (minutes % kHour == 0) return Texts::tr("%1 h").arg(minutes / kHour);
        return Texts::tr("%1 h %2 min").arg(minutes / kHour).arg(minutes % kHour);
    }
    return Texts::tr("%n day(s)", nullptr, static_cast<int>(minutes / kDay));
}

QString spokenText(const Card& card, const frontend::Now& now, bool pendingShown) {
    QStringList parts{card.name};
    if (card.task.due && card.task.place != Place::kDone) {
        const QString due = dueText(*card.task.due, now);
        parts << (isOverdue(card, now) ? Texts::tr("overdue, was due %1") : Texts::tr("due %1"))
                     .arg(due);
    }
    if (const QString doing = doingText(card, now); !doing.isEmpty())
        parts << Texts::tr("being done for %1").arg(doing);
    if (!card.labels.isEmpty())
        parts << Texts::tr("labels: %1").arg(card.labels.join(QStringLiteral(", ")));
    if (card.task.note) parts << Texts::tr("has a note");
    if (card.task.pending && pendingShown) parts << Texts::tr("not synced yet");
    return parts.join(QStringLiteral(", "));
}

QDate mondayOf(int weeksBack, const frontend::Now& now) {
    return dateOf(Week::of(now.day).monday()).addDays(-7 * weeksBack);
}

int weeksBackOf(const QDate& day, const frontend::Now& now) {
    const QDate monday = day.addDays(1 - day.dayOfWeek());
    return static_cast<int>(monday.daysTo(mondayOf(0, now)) / 7);
}

QString weekSpanText(const QDate& monday) {
    const QLocale locale;
    const QDate sunday = monday.addDays(6);
    //: The first day of a week; see QLocale::toString. The last one follows behind a dash.
    const QString first = locale.toString(monday, monday.month() == sunday.month()
                                                      ? Texts::tr("d", "day of the month")
                                                      : Texts::tr("d MMMM"));
    //: The last day of a week; see QLocale::toString
    const QString last = locale.toString(sunday, Texts::tr("d MMMM yyyy"));
    return Texts::tr("%1 – %2", "first and last day of a week").arg(first, last);
}

QString weekName(int weeksBack) {
    if (weeksBack == 0) return Texts::tr("This week");
    if (weeksBack == 1) return Texts::tr("Last week");
    return Texts::tr("%n week(s) ago", nullptr, weeksBack);
}

}  // namespace hashira::board

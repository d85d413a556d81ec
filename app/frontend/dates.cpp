// SPDX-License-Identifier: MIT
#include "frontend/dates.h"

#include "model/moment.h"
#include "model/week.h"

#include <cctype>
#include <cstdlib>
#include <optional>
#include <vector>

namespace hashira::frontend {
namespace {

using namespace std::chrono;

constexpr std::string_view kDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                      "friday", "saturday", "sunday"};
constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    bool open = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isspace(byte) != 0 || c == ',') {
            open = false;
            continue;
        }
        if (!open) words.emplace_back();
        open = true;
        words.back() += static_cast<char>(byte < 128 ? std::tolower(byte) : byte);
    }
    return words;
}

/// The number of the name that `word` is, or a beginning of at least three letters; -1: none.
template <std::size_t n>
int indexOf(const std::string_view (&names)[n], std::string_view word) {
    if (word.size() < 3) return -1;
    for (std::size_t i = 0; i < n; ++i)
        if (names[i].substr(0, word.size()) == word) return static_cast<int>(i);
    return -1;
}

/// A whole number of at most four digits.
std::optional<int> number(std::string_view text) {
    if (text.empty() || text.size() > 4) return {};
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    return value;
}

sys_days addMonths(sys_days day, int count) {
    year_month_day date = year_month_day(day) + months(count);
    if (!date.ok()) date = date.year() / date.month() / last;
    return sys_days(date);
}

std::optional<sys_days> later(sys_days today, int count, std::string_view unit) {
    if (unit == "d" || unit == "day" || unit == "days") return today + days(count);
    if (unit == "w" || unit == "week" || unit == "weeks") return today + days(7 * count);
    if (unit == "m" || unit == "month" || unit == "months") return addMonths(today, count);
    if (unit == "y" || unit == "year" || unit == "years") return addMonths(today, 12 * count);
    return {};
}

/// The day named by a month and a number, the next one where no year is given.
std::optional<sys_days> inYear(int monthIndex, int dayNumber, std::optional<int> yearNumber,
                               sys_days today) {
    const int thisYear = static_cast<int>(year_month_day(today).year());
    // Eight years: the 29th of February is always among them.
    for (int y = yearNumber.value_or(thisYear); y <= yearNumber.value_or(thisYear + 8); ++y) {
        const year_month_day date{year(y), month(static_cast<unsigned>(monthIndex + 1)),
                                  day(static_cast<unsigned>(dayNumber))};
        if (date.ok() && (yearNumber || sys_days(date) >= today)) return sys_days(date);
    }
    return {};
}

std::optional<sys_days> oneWord(const std::string& word, sys_days today) {
    if (word == "today") return today;
    if (word == "tomorrow") return today + days(1);
    if (word == "yesterday") return today - days(1);
    const sys_days monday = Week::of(today).monday();
    if (const int index = indexOf(kDays, word); index >= 0) {
        const sys_days day = monday + days(index);
        return day > today ? day : day + days(7);
    }
    if (word.size() >= 3 && word.front() == '+')
        if (const auto count = number(std::string_view(word).substr(1, word.size() - 2)))
            return later(today, *count, std::string_view(word).substr(word.size() - 1));
    return {};
}

std::optional<sys_days> words(const std::vector<std::string>& w, sys_days today) {
    if (w.size() == 1) return oneWord(w[0], today);
    const sys_days monday = Week::of(today).monday();
    if (w.size() == 2 && w[0] == "next") {
        if (w[1] == "week") return monday + days(7);
        if (w[1] == "month")
            return addMonths(today - days(static_cast<unsigned>(year_month_day(today).day()) - 1),
                             1);
        if (const int index = indexOf(kDays, w[1]); index >= 0) return monday + days(7 + index);
        return {};
    }
    if (w.size() == 3 && w[0] == "in") {
        const auto count = w[1] == "a" || w[1] == "one" ? std::optional(1) : number(w[1]);
        return count ? later(today, *count, w[2]) : std::nullopt;
    }
    if (w.size() > 3) return {};
    const auto yearNumber = w.size() == 3 ? number(w[2]) : std::nullopt;
    if (w.size() == 3 && (!yearNumber || *yearNumber < 1000)) return {};
    const bool monthFirst = indexOf(kMonths, w[0]) >= 0;
    const int monthIndex = indexOf(kMonths, w[monthFirst ? 0 : 1]);
    const auto dayNumber = number(w[monthFirst ? 1 : 0]);
    if (monthIndex < 0 || !dayNumber) return {};
    return inYear(monthIndex, *dayNumber, yearNumber, today);
}

std::string plural(std::int64_t count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

}  // namespace

Now Now::of(const Clock& clock) {
    const std::int64_t ms = clock.nowMs();
    const int offset = clock.utcOffsetMinutes(ms);
    return {dayOf(ms, offset), ms, offset};
}

Result<std::string> parseDate(std::string_view text, const Now& now) {
    if (Moment::parse(text) || parseDay(text)) return std::string(text);
    const auto w = wordsOf(text);
    if (!w.empty()) {
        const auto day = words(w, now.day);
        if (day && *day >= sys_days(year(1) / 1 / 1) && *day <= sys_days(year(9999) / 12 / 31))
            return formatDay(*day);
    }
    return invalid("\"" + std::string(text) +
                   "\" is no date; understood are today, tomorrow, fri, next week, in 3 days, +2w, "
                   "dec 1, 2026-12-01 and 2026-12-01T14:00:00+01:00");
}

std::string sayDue(std::string_view due, const Now& now) {
    const auto moment = Moment::parse(due);
    const auto day =
        moment ? std::optional(dayOf(moment->utcMs, now.offsetMinutes)) : parseDay(due);
    if (!day) return std::string(due);
    std::string text = formatDay(*day);
    const auto distance = (*day - now.day).count();
    if (distance == 0)
        text = "today";
    else if (distance == 1)
        text = "tomorrow";
    else if (distance == -1)
        text = "yesterday";
    else if (distance > 1 && distance < 7) {
        text = kDays[(*day - Week::of(*day).monday()).count()].substr(0, 3);
        text[0] = static_cast<char>(text[0] - 32);
    }
    if (!moment) return text;
    return text + " " + formatMoment(moment->utcMs, now.offsetMinutes).substr(11, 5);
}

bool isOverdue(std::string_view due, const Now& now) {
    if (const auto moment = Moment::parse(due)) return moment->utcMs < now.utcMs;
    const auto day = parseDay(due);
    return day && *day < now.day;
}

std::string sayRelative(std::string_view text, const Now& now) {
    const auto moment = Moment::parse(text);
    if (!moment) return std::string(text);
    const std::int64_t seconds = (now.utcMs - moment->utcMs) / 1000;
    const std::int64_t away = seconds < 0 ? -seconds : seconds;
    if (away < 2) return "now";
    const std::string span = away < 120       ? plural(away, "second")
                             : away < 7'200   ? plural(away / 60, "minute")
                             : away < 172'800 ? plural(away / 3'600, "hour")
                                              : plural(away / 86'400, "day");
    return seconds < 0 ? "in " + span : span + " ago";
}

}  // namespace hashira::frontend

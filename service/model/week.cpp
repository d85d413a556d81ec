// SPDX-License-Identifier: MIT
#include "model/week.h"

#include <cstdio>

namespace hashira {
namespace {

using namespace std::chrono;

/// The Monday of week 0.
constexpr sys_days kFirstMonday = sys_days(year(1969) / 12 / 29);

/// The Monday of week 1 of an ISO year: the week with January 4th.
sys_days firstMonday(int isoYear) {
    const sys_days fourth = sys_days(year(isoYear) / 1 / 4);
    return fourth - (weekday(fourth) - Monday);
}

}  // namespace

Week Week::of(sys_days day) {
    return {static_cast<int>(floor<weeks>(day - kFirstMonday).count())};
}

sys_days Week::monday() const {
    return kFirstMonday + weeks(index);
}

std::string Week::text() const {
    const year_month_day thursday(monday() + days(3));
    const int isoYear = static_cast<int>(thursday.year());
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%04d-W%02d", isoYear,
                  static_cast<int>((monday() - firstMonday(isoYear)).count() / 7 + 1));
    return buffer;
}

std::optional<Week> Week::parse(std::string_view text) {
    if (text.size() != 8 || text.substr(4, 2) != "-W") return {};
    int isoYear = 0;
    int number = 0;
    for (std::size_t i : {0, 1, 2, 3, 6, 7}) {
        if (text[i] < '0' || text[i] > '9') return {};
        (i < 4 ? isoYear : number) = (i < 4 ? isoYear : number) * 10 + (text[i] - '0');
    }
    if (isoYear < 1 || number < 1) return {};
    const Week week = Week::of(firstMonday(isoYear) + weeks(number - 1));
    return week.text() == text ? std::optional(week) : std::nullopt;
}

std::optional<Bucket> Bucket::parse(std::string_view text) {
    if (text == "open") return Bucket{};
    if (const auto week = Week::parse(text)) return Bucket{week->index};
    return {};
}

}  // namespace hashira

// SPDX-License-Identifier: MIT
#include "model/moment.h"

#include <cstdio>

namespace hashira {
namespace {

using namespace std::chrono;

/// Reads exactly `count` digits at `at` and moves on; -1 where they are not there.
int digits(std::string_view text, std::size_t& at, std::size_t count) {
    if (text.size() < at + count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at) {
        if (text[at] < '0' || text[at] > '9') return -1;
        value = value * 10 + (text[at] - '0');
    }
    return value;
}

bool skip(std::string_view text, std::size_t& at, char expected) {
    return at < text.size() && text[at] == expected && ++at;
}

std::optional<sys_days> readDay(std::string_view text, std::size_t& at) {
    const int y = digits(text, at, 4);
    if (y < 1 || !skip(text, at, '-')) return {};
    const int m = digits(text, at, 2);
    if (m < 0 || !skip(text, at, '-')) return {};
    const int d = digits(text, at, 2);
    if (d < 0) return {};
    const year_month_day date{year(y), month(static_cast<unsigned>(m)),
                              day(static_cast<unsigned>(d))};
    if (!date.ok()) return {};
    return sys_days(date);
}

/// Minutes east of UTC; nothing where it is no offset.
std::optional<int> readOffset(std::string_view text, std::size_t& at) {
    if (at >= text.size()) return {};
    const char sign = text[at++];
    if (sign == 'Z' || sign == 'z') return 0;
    if (sign != '+' && sign != '-') return {};
    const int h = digits(text, at, 2);
    if (h < 0 || h > 23 || !skip(text, at, ':')) return {};
    const int m = digits(text, at, 2);
    if (m < 0 || m > 59) return {};
    return sign == '-' ? -(h * 60 + m) : h * 60 + m;
}

}  // namespace

std::optional<Moment> Moment::parse(std::string_view text) {
    std::size_t at = 0;
    const auto localDay = readDay(text, at);
    if (!localDay || at >= text.size()) return {};
    if (text[at] != 'T' && text[at] != 't' && text[at] != ' ') return {};
    ++at;
    const int h = digits(text, at, 2);
    if (h < 0 || h > 23 || !skip(text, at, ':')) return {};
    const int m = digits(text, at, 2);
    if (m < 0 || m > 59 || !skip(text, at, ':')) return {};
    const int s = digits(text, at, 2);
    if (s < 0 || s > 60) return {};
    int ms = 0;
    if (skip(text, at, '.')) {
        const std::size_t begin = at;
        for (int scale = 100; at < text.size() && text[at] >= '0' && text[at] <= '9';
             ++at, scale /= 10)
            ms += (text[at] - '0') * scale;
        if (at == begin) return {};
    }
    const auto offset = readOffset(text, at);
    if (!offset || at != text.size()) return {};
    const std::int64_t seconds = (h * 60LL + m - *offset) * 60 + s;
    return Moment{localDay->time_since_epoch().count() * 86'400'000LL + seconds * 1000 + ms,
                  *localDay};
}

std::string formatMoment(std::int64_t utcMs, int offsetMinutes) {
    const std::int64_t local = utcMs + offsetMinutes * 60'000LL;
    const auto localDay = dayOf(utcMs, offsetMinutes);
    const std::int64_t inDay = local - localDay.time_since_epoch().count() * 86'400'000LL;
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, "T%02d:%02d:%02d", static_cast<int>(inDay / 3'600'000),
                  static_cast<int>(inDay / 60'000 % 60), static_cast<int>(inDay / 1000 % 60));
    std::string text = formatDay(localDay) + buffer;
    if (inDay % 1000 != 0) {
        std::snprintf(buffer, sizeof buffer, ".%03d", static_cast<int>(inDay % 1000));
        text += buffer;
    }
    if (offsetMinutes == 0) return text + 'Z';
    const int absolute = offsetMinutes < 0 ? -offsetMinutes : offsetMinutes;
    std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", offsetMinutes < 0 ? '-' : '+',
                  absolute / 60, absolute % 60);
    return text + buffer;
}

std::optional<sys_days> parseDay(std::string_view text) {
    std::size_t at = 0;
    const auto day = readDay(text, at);
    return at == text.size() ? day : std::nullopt;
}

std::string formatDay(sys_days day) {
    const year_month_day date(day);
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return buffer;
}

sys_days dayOf(std::int64_t utcMs, int offsetMinutes) {
    return floor<days>(sys_time<milliseconds>(milliseconds(utcMs + offsetMinutes * 60'000LL)));
}

}  // namespace hashira

// SPDX-License-Identifier: MIT
#include "options.h"

#include "names.h"
#include "text.h"

#include "model/moment.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace hashira::cli {

Result<Place> parsePlace(const std::string& text) {
    std::vector<Place> found;
    for (const Place place : kPlaces) {
        if (placeName(place) == text) return place;
        if (!text.empty() && placeName(place).substr(0, text.size()) == text)
            found.push_back(place);
    }
    if (found.size() == 1) return found.front();
    return invalid("\"" + escaped(text) +
                   "\" is no place; the places are backlog, todo, doing and done");
}

Result<front::Level> parseLevel(const std::string& text) {
    if (text == "durable") return front::Level::kDurable;
    if (text == "applied") return front::Level::kApplied;
    if (text == "visible") return front::Level::kVisible;
    return invalid("--wait takes durable, applied or visible, not \"" + escaped(text) + "\"");
}

Result<std::int64_t> parseSeconds(const std::string& text) {
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(seconds) || seconds < 0 || seconds > 1e6)
        return invalid("--timeout takes seconds, not \"" + escaped(text) + "\"");
    return std::llround(seconds * 1000);
}

Result<std::int64_t> parseSpan(const std::string& text) {
    constexpr std::int64_t kMost = 3'660LL * 86'400'000;  // ten years: nobody means more
    std::int64_t sum = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        int count = 0;
        const auto read = std::from_chars(at, end, count);
        if (read.ec != std::errc() || count < 0 || read.ptr == end) break;
        const char unit = *read.ptr;
        const std::int64_t ms = unit == 's'   ? 1'000
                                : unit == 'm' ? 60'000
                                : unit == 'h' ? 3'600'000
                                : unit == 'd' ? 86'400'000
                                              : 0;
        if (ms == 0 || count > kMost / ms) break;
        sum += count * ms;
        at = read.ptr + 1;
    }
    if (at == end && sum > 0 && sum <= kMost) return sum;
    return invalid("\"" + escaped(text) + "\" is no span of time; say 30m, 2h, 1h30m or 1d");
}

namespace {

/// The moment of that local time; the offset is the one in force then.
std::string momentAt(std::chrono::sys_days day, std::int64_t dayMs, const Clock& clock) {
    const std::int64_t local =
        std::chrono::duration_cast<std::chrono::milliseconds>(day.time_since_epoch()).count() +
        dayMs;
    const std::int64_t near = local - clock.utcOffsetMinutes(local) * 60'000LL;
    const int offset = clock.utcOffsetMinutes(near);
    return formatMoment(local - offset * 60'000LL, offset);
}

/// "18:00", "6:30"; milliseconds since midnight.
std::optional<std::int64_t> timeOfDay(const std::string& text) {
    int hour = 0, minute = 0, end = 0;
    if (std::sscanf(text.c_str(), "%2d:%2d%n", &hour, &minute, &end) != 2) return {};
    if (static_cast<std::size_t>(end) != text.size() || text.size() < 4) return {};
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return {};
    return (hour * 60 + minute) * 60'000LL;
}

}  // namespace

Result<std::string> parseMoment(const std::string& text, const Clock& clock) {
    const Now now = Now::of(clock);
    if (const auto time = timeOfDay(text)) {
        std::string moment = momentAt(now.day, *time, clock);
        if (Moment::parse(moment)->utcMs > now.utcMs) return moment;
        return momentAt(now.day + std::chrono::days(1), *time, clock);
    }
    auto date = parseDate(text, now);
    if (!date) return date;
    if (const auto day = parseDay(*date)) date = momentAt(*day, 0, clock);
    if (Moment::parse(*date)->utcMs > now.utcMs) return date;
    return invalid("\"" + escaped(text) + "\" is not in the future");
}

Result<int> parseNumber(const std::string& what, const std::string& text, int least, int most) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && value >= least &&
        value <= most)
        return value;
    return invalid(what + " takes a number from " + std::to_string(least) + " to " +
                   std::to_string(most) + ", not \"" + escaped(text) + "\"");
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

bool isBlank(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
}

std::vector<std::string> unique(const std::vector<std::string>& values) {
    std::vector<std::string> once;
    for (const std::string& value : values)
        if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
    return once;
}

}  // namespace hashira::cli

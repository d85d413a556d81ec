// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hashira {

/// An RFC 3339 date-time, with the local date that is written in it.
struct Moment {
    std::int64_t utcMs = 0;  ///< milliseconds since 1970 UTC; finer parts are cut
    std::chrono::sys_days localDay;

    /// Nothing where the text is no RFC 3339 date-time of the years 1 to 9999. Second 60 counts as
    /// the next.
    static std::optional<Moment> parse(std::string_view text);
};

/// "2026-11-23T19:45:33.120+01:00"; milliseconds only where there are any, "Z" for offset 0.
std::string formatMoment(std::int64_t utcMs, int offsetMinutes);

/// "2026-11-23", nothing where the text is no such day.
std::optional<std::chrono::sys_days> parseDay(std::string_view text);
std::string formatDay(std::chrono::sys_days day);

/// The local day of a moment at that offset.
std::chrono::sys_days dayOf(std::int64_t utcMs, int offsetMinutes);

}  // namespace hashira

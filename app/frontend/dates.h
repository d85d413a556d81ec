// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hashira::frontend {

/// What "now" is for a person: the local day, and the moment.
struct Now {
    std::chrono::sys_days day;
    std::int64_t utcMs = 0;
    int offsetMinutes = 0;

    static Now of(const Clock& clock);
};

/// A date as people say it, as RFC 3339 (a day, or the moment as it was given). The error says what
/// is understood.
Result<std::string> parseDate(std::string_view text, const Now& now);

/// A due date as people read it: "today", "Fri", "2026-12-01".
std::string sayDue(std::string_view due, const Now& now);
/// Whether that due date has passed; a day passes with its end.
bool isOverdue(std::string_view due, const Now& now);

/// "3 minutes ago" of an RFC 3339 moment; "in 5 seconds" of a future one; the text itself if it is
/// none.
std::string sayRelative(std::string_view moment, const Now& now);

}  // namespace hashira::frontend

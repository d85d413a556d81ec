// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "model/command.h"
#include "model/front.h"

#include <cstdint>
#include <string>
#include <vector>

/// Values of options that several verbs read. The errors are whole sentences.
namespace hashira::cli {

/// backlog, todo, doing, done; also any beginning of one that is no other's.
Result<Place> parsePlace(const std::string& text);
/// durable, applied, visible.
Result<front::Level> parseLevel(const std::string& text);
/// Seconds, also with a fraction; in milliseconds.
Result<std::int64_t> parseSeconds(const std::string& text);
/// A span as people write it: "30m", "1h30m", "2d"; in milliseconds, above 0.
Result<std::int64_t> parseSpan(const std::string& text);
/// A moment to come, as RFC 3339: a time of day ("18:00", the next one), or what dates are said
/// with; a day means its beginning.
Result<std::string> parseMoment(const std::string& text, const Clock& clock);
/// A whole number of that range; `what` names it in the error.
Result<int> parseNumber(const std::string& what, const std::string& text, int least, int most);

/// The words with one space between.
std::string joined(const std::vector<std::string>& words);
bool isBlank(const std::string& text);
/// Each value once, where it came first.
std::vector<std::string> unique(const std::vector<std::string>& values);

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "options.h"

#include "text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
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

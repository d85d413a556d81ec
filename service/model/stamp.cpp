// SPDX-License-Identifier: MIT
#include "model/stamp.h"

#include "base/limits.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace hashira {
namespace {

template <typename Number>
bool parseNumber(std::string_view text, Number& number) {
    if (text.empty() || (text.size() > 1 && text.front() == '0') || text.front() == '-')
        return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool isDeviceId(std::string_view text) {
    return !text.empty() && text.size() <= 15 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    });
}

std::string Stamp::text() const {
    std::string text = std::to_string(ms);
    text += '.';
    text += std::to_string(counter);
    text += '.';
    return text += origin;
}

std::optional<Stamp> Stamp::parse(std::string_view text) {
    const auto first = text.find('.');
    if (first == std::string_view::npos) return {};
    const auto second = text.find('.', first + 1);
    if (second == std::string_view::npos) return {};
    Stamp stamp;
    stamp.origin = text.substr(second + 1);
    if (!parseNumber(text.substr(0, first), stamp.ms) || stamp.ms > limits::kStampMs ||
        !parseNumber(text.substr(first + 1, second - first - 1), stamp.counter) ||
        !isDeviceId(stamp.origin))
        return {};
    return stamp;
}

HlcTime HlcTime::next() const {
    if (counter != std::numeric_limits<std::uint32_t>::max()) return {ms, counter + 1};
    // At the end of time it stands still: a stamp beyond it could not be sent to anybody.
    return ms < limits::kStampMs ? HlcTime(ms + 1, 0) : *this;
}

HlcTime HlcTime::tick(std::int64_t nowMs) const {
    nowMs = std::min(nowMs, limits::kStampMs);
    return nowMs > ms ? HlcTime(nowMs, 0) : next();
}

}  // namespace hashira

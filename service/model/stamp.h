// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hashira {

/// A hybrid logical clock's reading (Kulkarni et al., "Logical Physical Clocks", 2014): totally
/// ordered, and above every stamp that its maker had seen.
struct Stamp {
    std::int64_t ms = 0;        ///< milliseconds since 1970 UTC; 0 to limits::kStampMs
    std::uint32_t counter = 0;  ///< orders the stamps of one millisecond
    std::string origin;         ///< of the daemon's start that made it: 1 to 15 of [0-9a-z]

    auto operator<=>(const Stamp&) const = default;

    /// "MILLISECONDS.COUNTER.ORIGIN"
    std::string text() const;
    /// Nothing where the text is no stamp.
    static std::optional<Stamp> parse(std::string_view text);
};

/// The time part of stamps: what a clock reads, without who read it.
struct HlcTime {
    std::int64_t ms = 0;
    std::uint32_t counter = 0;
    auto operator<=>(const HlcTime&) const = default;

    HlcTime() = default;
    HlcTime(std::int64_t ms_, std::uint32_t counter_) : ms(ms_), counter(counter_) {}
    explicit HlcTime(const Stamp& stamp) : ms(stamp.ms), counter(stamp.counter) {}

    /// The least reading above this one; the last one of all, at limits::kStampMs, is followed by
    /// itself.
    HlcTime next() const;
    /// The reading of a clock that shows `nowMs` and has seen this one.
    HlcTime tick(std::int64_t nowMs) const;
    Stamp stamp(std::string origin) const { return {ms, counter, std::move(origin)}; }
};

/// 15 characters of [0-9a-z]: fits the small string, and 77 random bits never meet within an
/// account.
bool isDeviceId(std::string_view text);

}  // namespace hashira

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hashira {

/// An ISO 8601 week: Monday to Sunday, named by the year that its Thursday lies in.
struct Week {
    /// Weeks since the one that holds 1970-01-01, which is 0. Ordered like time.
    int index = 0;
    auto operator<=>(const Week&) const = default;

    static Week of(std::chrono::sys_days day);
    /// "2026-W48"; nothing where the text is no ISO week.
    static std::optional<Week> parse(std::string_view text);
    std::string text() const;
    std::chrono::sys_days monday() const;
};

/// Where the datastore and the document store keep a document: the week of its done date, or
/// `open`. As a number: the week's index, or kOpen.
struct Bucket {
    static constexpr int kOpen = 1'000'000'000;
    int number = kOpen;
    auto operator<=>(const Bucket&) const = default;

    bool open() const { return number == kOpen; }
    Week week() const { return {number}; }
    /// "open" or "2026-W48".
    std::string text() const { return open() ? "open" : week().text(); }
    static std::optional<Bucket> parse(std::string_view text);
};

}  // namespace hashira

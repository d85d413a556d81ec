// SPDX-License-Identifier: MIT
#include "model/rank.h"

#include "base/limits.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace hashira {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr int kBase = 62;

int digit(char c) {
    if (c <= '9') return c - '0';
    if (c <= 'Z') return c - 'A' + 10;
    return c - 'a' + 36;
}

/// The digits of the integer part that a head letter announces: 'a' one digit after it, 'b' two, …;
/// 'Z' one digit, 'Y' two, … for the integers below. 0 where it is no head.
std::size_t integerDigits(char head) {
    if (head >= 'a' && head <= 'z') return static_cast<std::size_t>(head - 'a') + 1;
    if (head >= 'A' && head <= 'Z') return static_cast<std::size_t>('Z' - head) + 1;
    return 0;
}

/// The integer part of a rank; nothing where it is not of our making.
std::optional<std::string> integerPart(std::string_view rank) {
    const std::size_t size = rank.empty() ? 0 : integerDigits(rank.front());
    if (size == 0 || rank.size() < size + 1) return {};
    return std::string(rank.substr(0, size + 1));
}

std::optional<std::string> increment(std::string integer) {
    for (std::size_t i = integer.size(); i-- > 1;) {
        const int next = digit(integer[i]) + 1;
        integer[i] = kDigits[static_cast<std::size_t>(next % kBase)];
        if (next < kBase) return integer;
    }
    if (integer[0] == 'z') return {};
    const char head = integer[0] == 'Z' ? 'a' : static_cast<char>(integer[0] + 1);
    return head + std::string(integerDigits(head), '0');
}

std::optional<std::string> decrement(std::string integer) {
    for (std::size_t i = integer.size(); i-- > 1;) {
        const int next = digit(integer[i]) - 1;
        integer[i] = kDigits[static_cast<std::size_t>((next + kBase) % kBase)];
        if (next >= 0) return integer;
    }
    if (integer[0] == 'A') return {};
    const char head = integer[0] == 'a' ? 'Z' : static_cast<char>(integer[0] - 1);
    return head + std::string(integerDigits(head), 'z');
}

/// The shortest middle of two fractions, as digits after a point; an empty high is 1. Whatever follows the
/// result, it stays between them.
std::string middle(std::string_view low, std::string_view high) {
    std::string out;
    bool bounded = !high.empty();
    for (std::size_t i = 0;; ++i) {
        const int l = i < low.size() ? digit(low[i]) : 0;
        const int h = bounded ? (i < high.size() ? digit(high[i]) : 0) : kBase;
        const int m = (l + h) / 2;
        if (m > l) return out + kDigits[static_cast<std::size_t>(m)];
        out += kDigits[static_cast<std::size_t>(l)];
        if (h > l) bounded = false;
    }
}

}  // namespace

bool isRank(std::string_view text) {
    return !text.empty() && text.size() <= limits::kRankCharacters && text.back() != '0' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return kDigits.find(c) != std::string_view::npos; });
}

std::string rankSuffix(std::string_view deviceId) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;  // FNV-1a
    for (const char c : deviceId)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    std::string suffix;
    for (int i = 0; i < 3; ++i, hash /= kBase) suffix += kDigits[hash % kBase];
    return suffix + kDigits[1 + hash % (kBase - 1)];
}

std::string rankBetween(std::string_view low, std::string_view high, std::string_view suffix) {
    const std::string end(suffix);
    if (low.empty() && high.empty()) return "a0" + end;
    const auto lowInteger = integerPart(low);
    const auto highInteger = integerPart(high);
    if (high.empty() && lowInteger)
        if (const auto next = increment(*lowInteger)) return *next + end;
    if (low.empty() && highInteger)
        if (const auto next = decrement(*highInteger)) return *next + end;
    if (lowInteger && highInteger && *lowInteger != *highInteger) {
        const auto next = increment(*lowInteger);
        if (next && *next < *highInteger) return *next + end;
        return *lowInteger + middle(low.substr(lowInteger->size()), {}) + end;
    }
    return middle(low, high) + end;
}

}  // namespace hashira

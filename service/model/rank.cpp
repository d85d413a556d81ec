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

int digitAt(std::string_view digits, std::size_t at) {
    return at < digits.size() ? digit(digits[at]) : 0;
}

/// The first `depth` digits as a number, plus `change`.
std::string moved(std::string_view digits, std::size_t depth, int change) {
    std::string out(depth, '0');
    for (std::size_t i = depth; i-- > 0;) {
        const int value = digitAt(digits, i) + change;
        change = value >= kBase ? 1 : value < 0 ? -1 : 0;
        out[i] = kDigits[static_cast<std::size_t>(value - change * kBase)];
    }
    return out;
}

/// Up to this many digits a gap is halved: shortest where tasks go anywhere.
constexpr std::size_t kHalvedDepth = 8;
/// A gap that is used up gets this many digits more: room for 238,000 tasks at one spot.
constexpr std::size_t kRunDigits = 2;

/// Digits after a point between two fractions; an empty high is 1. Whatever follows the result, it
/// stays between them. Halving alone costs a digit for every six insertions at one spot; so a deep
/// gap is taken in single steps, from the neighbour that was made last: the longer one.
std::string middle(std::string_view low, std::string_view high, std::size_t suffixSize) {
    std::size_t depth = 0;
    int room = high.empty() ? 1 : 0;
    for (; room < 2; ++depth) room = room * kBase + digitAt(high, depth) - digitAt(low, depth);
    if (depth <= kHalvedDepth) return moved(low, depth, room / 2);
    const bool fromLow = high.size() < low.size();
    const std::size_t last = (fromLow ? low : high).size();
    depth = depth + suffixSize <= last ? last - suffixSize : depth + kRunDigits;
    return fromLow ? moved(low, depth, 1) : moved(high, depth, -1);
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
        return *lowInteger + middle(low.substr(lowInteger->size()), {}, end.size()) + end;
    }
    return middle(low, high, end.size()) + end;
}

}  // namespace hashira

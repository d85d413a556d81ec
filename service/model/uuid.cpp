// SPDX-License-Identifier: MIT
#include "model/uuid.h"

#include <algorithm>

namespace hashira {
namespace {

constexpr char kHex[] = "0123456789abcdef";

bool isLowerHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// RFC 9562, 5.7: 48 bits of milliseconds, version 7, 12 bits, variant 10, 62 random bits. `time`
/// has the milliseconds and the 12 bits.
std::string uuidV7(std::uint64_t time, std::uint64_t random) {
    const std::uint64_t high = (time >> 12 << 16) | 0x7000 | (time & 0x0FFF);
    const std::uint64_t low = (random & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
    std::string text(36, '-');
    const auto write = [&](std::size_t at, std::uint64_t bits, int nibbles) {
        for (int i = nibbles; i-- > 0; bits >>= 4)
            text[at + static_cast<std::size_t>(i)] = kHex[bits & 15];
    };
    write(0, high >> 32, 8);
    write(9, high >> 16, 4);
    write(14, high, 4);
    write(19, low >> 48, 4);
    write(24, low, 12);
    return text;
}

}  // namespace

bool isUuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isLowerHex(text[i])) return false;
    }
    return true;
}

std::string makeUuidV7(std::int64_t nowMs, Random& random) {
    const std::uint64_t time = static_cast<std::uint64_t>(nowMs) << 12;
    return uuidV7(time | (random.next() & 0x0FFF), random.next());
}

std::string UuidMaker::make(std::int64_t nowMs, Random& random) {
    m_last = std::max(static_cast<std::uint64_t>(nowMs) << 12, m_last + 1);
    return uuidV7(m_last, random.next());
}

std::string makeDeviceId(Random& random) {
    constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string text;
    for (int i = 0; i < 15; ++i) text += kAlphabet[random.next() % 36];
    return text;
}

std::string makeToken(Random& random, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
        const std::uint64_t bits = random.next();
        text += kHex[(bits >> 4) & 15];
        text += kHex[bits & 15];
    }
    return text;
}

}  // namespace hashira

// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <string>
#include <string_view>

namespace hashira {

/// 36 characters of lower-case text, of any version (RFC 9562).
bool isUuid(std::string_view text);

/// A UUIDv7: ordered by the millisecond of its making.
std::string makeUuidV7(std::int64_t nowMs, Random& random);

/// Makes UUIDv7s of which each is greater than the one before, within a millisecond too: what is
/// made together stands together in an index. Where the clock goes back, or more than 4,096 are
/// made in a millisecond, their time runs ahead of it.
class UuidMaker {
public:
    std::string make(std::int64_t nowMs, Random& random);

private:
    std::uint64_t m_last = 0;  ///< milliseconds, and 12 bits that count (RFC 9562, 6.2, method 1)
};

/// A device id: 15 random characters of [0-9a-z].
std::string makeDeviceId(Random& random);

/// `bytes` random bytes in hexadecimal.
std::string makeToken(Random& random, int bytes);

}  // namespace hashira

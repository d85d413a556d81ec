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

/// A device id: 15 random characters of [0-9a-z].
std::string makeDeviceId(Random& random);

/// `bytes` random bytes in hexadecimal.
std::string makeToken(Random& random, int bytes);

}  // namespace hashira

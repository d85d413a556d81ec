// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace hashira {

/// Bytes of the well-formed UTF-8 sequence that the text begins with: 1 to 4. 0: it begins with
/// none, or is empty. Surrogates and overlong forms are not well-formed (Unicode 15, table 3-7).
std::size_t utf8Sequence(std::string_view text);

/// Whether all of it is UTF-8.
bool isUtf8(std::string_view text);

}  // namespace hashira

// SPDX-License-Identifier: MIT
#pragma once

#include "model/json.h"

#include <optional>

/// The JSON that nearly every payload is, read without a parser's machinery: text of ASCII without
/// escapes, `true`, `false`, `null`, whole numbers, and arrays of these. Nothing: it is something
/// else, or it is wrong; the parser tells which. What is given is what the parser gives.
namespace hashira::json {

std::optional<std::vector<Member>> scanObject(std::string_view text);
std::optional<std::vector<std::string>> scanArray(std::string_view text);

}  // namespace hashira::json

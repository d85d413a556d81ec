// SPDX-License-Identifier: MIT
#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

/// Canonical JSON: no white space, object names ascending by bytes, strings with the fewest
/// escapes, and numbers as they were written (RFC 8785 but for its numbers: nothing that is unknown
/// to us may change).
namespace hashira::json {

struct Member {
    std::string name;   ///< decoded
    std::string value;  ///< canonical JSON
    bool operator==(const Member&) const = default;
};

/// The members of one JSON object, ascending by name. Refuses anything else, a name that occurs
/// twice, nesting beyond `depth` and invalid UTF-8; the message names the byte offset.
Result<std::vector<Member>> parseObject(std::string_view text, int depth = limits::kJsonDepth);

/// The elements of one JSON array, each canonical.
Result<std::vector<std::string>> parseArray(std::string_view text, int depth = limits::kJsonDepth);

/// `utf8` as a JSON string.
std::string quoted(std::string_view utf8);
void appendQuoted(std::string& out, std::string_view utf8);

/// The text of a canonical JSON string; requires that `value` is one.
std::string unquoted(std::string_view value);

inline bool isString(std::string_view value) {
    return !value.empty() && value.front() == '"';
}
inline bool isNull(std::string_view value) {
    return value == "null";
}

/// An object's text from members that ascend by name.
std::string object(const std::vector<Member>& members);

/// Unicode code points in valid UTF-8.
std::size_t characters(std::string_view utf8);

}  // namespace hashira::json

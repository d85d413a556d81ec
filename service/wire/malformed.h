// SPDX-License-Identifier: MIT
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace hashira::wire {

/// Why bytes are no message of that type, and where: `commands[1]: payload: is not valid UTF-8`.
/// For bytes that protobuf refused, which does not tell.
std::string whyMalformed(const google::protobuf::Descriptor& type, std::string_view bytes);

}  // namespace hashira::wire

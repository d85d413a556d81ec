// SPDX-License-Identifier: MIT
#pragma once

#include <google/protobuf/message_lite.h>

#include <string_view>

/// For targets whose input holds protobuf's messages: how they are read, and set-up that keeps
/// protobuf silent.
namespace hashira::fuzz {

/// False where the bytes are no such message.
bool read(std::string_view bytes, google::protobuf::MessageLite& message);

}  // namespace hashira::fuzz

// SPDX-License-Identifier: MIT
#include "fuzz/messages.h"

#include <google/protobuf/stubs/logging.h>

namespace hashira::fuzz {

bool read(std::string_view bytes, google::protobuf::MessageLite& message) {
    return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace hashira::fuzz

// Malformed messages are the rule here, and protobuf would tell of each.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

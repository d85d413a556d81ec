// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <grpcpp/support/status.h>

#include <string>

namespace hashira::remote {

/// The failure of a call in words for a person, `target` being host:port. All failures of TLS are
/// kDenied: gRPC tells them apart from an unreachable host by their text only.
Error callError(const grpc::Status& status, const std::string& target);

}  // namespace hashira::remote

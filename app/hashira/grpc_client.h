// SPDX-License-Identifier: MIT
#pragma once

#include "client.h"
#include "context.h"

#include <memory>

namespace hashira::cli {

/// The daemon at that endpoint by gRPC. Nothing is connected before the first call.
std::unique_ptr<Client> makeGrpcClient(const Endpoint& endpoint);

}  // namespace hashira::cli

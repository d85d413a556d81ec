// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"
#include "frontend/endpoint.h"

#include <memory>

namespace hashira::frontend {

/// The daemon at that endpoint by gRPC. Nothing is connected before the first call.
std::unique_ptr<Client> makeGrpcClient(const Endpoint& endpoint);

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "datastore/connections.h"
#include "datastore/leave.h"
#include "datastore/metrics.h"

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace hashira::datastore {

/// Sees each call begin and end: counts it, and logs what went wrong on our side; after the leave
/// began, being sent away is nothing wrong. All must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> callObserver(
    Metrics& metrics, Connections& connections, const Leave& leave, Log& log);

}  // namespace hashira::datastore

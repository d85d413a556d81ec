// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "datastore/metrics.h"

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace hashira::datastore {

/// Sees each call begin and end: counts it, and logs what went wrong on our side. Metrics and log
/// must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> callObserver(
    Metrics& metrics, Log& log);

}  // namespace hashira::datastore

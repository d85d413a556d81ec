// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <grpcpp/support/status.h>

/// Errors as gRPC tells them: one table for the daemon, the datastore and their clients.
namespace hashira::wire {

/// The status of an error. A caller cannot tell a cancel of ours from its own: kCancelled while we
/// stop is told as UNAVAILABLE. Long messages are cut: they travel as a header. `retryAfterMs` goes
/// as google.rpc.RetryInfo in the status's details.
grpc::Status toGrpc(const Error& error, bool stopping = false);

/// What a call under way hears when its server goes away: UNAVAILABLE.
grpc::Status stoppingStatus();

/// The error of a status that is not OK.
Error fromGrpc(const grpc::Status& status);

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace hashira::rpc {

/// Makes a token of 256 random bits and writes it to the file, which only the user can read: a
/// reader sees the old one or the new one whole.
Result<std::string> writeFreshToken(const std::string& path);

/// Credentials for a loopback port over plain HTTP/2: every call, of any service, without
/// "authorization: Bearer TOKEN" ends as UNAUTHENTICATED before a service sees it.
std::shared_ptr<grpc::ServerCredentials> tokenCredentials(std::string token);

}  // namespace hashira::rpc

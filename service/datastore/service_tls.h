// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/certificate.h"

#include <grpcpp/security/server_credentials.h>

#include <memory>

namespace hashira::datastore {

/// TLS 1.2 or newer with that certificate, which each new connection asks for anew; those that
/// stand keep theirs. The certificate must outlive the server.
std::shared_ptr<grpc::ServerCredentials> tlsCredentials(const Certificate& certificate);

}  // namespace hashira::datastore

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>

namespace hashira::datastore {

/// "tcp:HOST:PORT"; an IPv6 host stands in brackets.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  ///< 0 lets the system choose
    static Result<Endpoint> parse(const std::string& text);
    /// "HOST:PORT", as gRPC takes it.
    std::string target() const;
    bool loopback() const;
};

}  // namespace hashira::datastore

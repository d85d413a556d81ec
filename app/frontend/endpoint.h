// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

namespace hashira::frontend {

/// Where the daemon is.
struct Endpoint {
    std::string address;    ///< unix:PATH or tcp:127.0.0.1:PORT
    std::string tokenFile;  ///< read for tcp only
};

/// A variable of the environment; empty: unset.
using Variables = std::function<std::string(const char* name)>;

/// What options say; empty: nothing.
struct EndpointOptions {
    std::string socket;
    std::string localTokenFile;
};

/// Where the daemon is by options, environment and defaults, in this order.
Endpoint resolveEndpoint(const EndpointOptions& options, const Variables& variable);

/// The directory of what a program notes for itself: $XDG_STATE_HOME/hashira.
std::string stateDirectory(const Variables& variable);

/// Whether it is of a form that can be called.
bool isEndpoint(const std::string& address);

}  // namespace hashira::frontend

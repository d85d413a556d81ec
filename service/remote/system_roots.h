// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace hashira::remote {

/// The certificates that this machine trusts, as PEM text; empty where gRPC finds them by itself.
std::string systemRoots();

}  // namespace hashira::remote

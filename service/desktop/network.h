// SPDX-License-Identifier: MIT
#pragma once

#include "base/network.h"

#include <functional>
#include <memory>

namespace hashira::desktop {

/// What the operating system says of this machine's network. For the main thread, which needs an
/// event loop: it polls nothing.
class Network {
public:
    virtual ~Network() = default;
    /// Looks, which may take a moment, and tells what there is before it returns; then at each
    /// change, on this thread, until this is freed. Call once.
    virtual void watch(std::function<void(NetworkHint)> told) = 0;
};

/// QNetworkInformation: NetworkManager on Linux, also one that comes later; Windows; macOS. Where
/// there is nobody to ask, kUnknown.
std::unique_ptr<Network> makeNetwork();

}  // namespace hashira::desktop

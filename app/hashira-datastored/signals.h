// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace hashira::app {

/// What the server is told from outside.
enum class Signal {
    kNone,
    kEnd,    ///< SIGTERM, SIGINT
    kReload  ///< SIGHUP
};

/// From now on signals wait for waitForSignal(). Call it before any thread is started.
void holdSignals();

/// The next one; kNone after `limit`. For one thread at a time.
Signal waitForSignal(std::chrono::milliseconds limit);

}  // namespace hashira::app

// SPDX-License-Identifier: MIT
#pragma once

namespace hashira::app {

/// From now on a wish to end (SIGTERM, SIGINT) waits for waitForEnd(). Call it before any thread is
/// started.
void holdEnd();

/// Returns when the program shall end in order.
void waitForEnd();

}  // namespace hashira::app

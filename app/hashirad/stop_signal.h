// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace hashirad {

/// From now on SIGTERM and SIGINT call `stop` in the event loop of this thread, instead of ending
/// the process. Call once, after the QCoreApplication was made.
void onStopSignal(std::function<void()> stop);

}  // namespace hashirad

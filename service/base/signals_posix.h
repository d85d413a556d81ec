// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <initializer_list>

/// POSIX signals as a server takes them.
namespace hashira {

/// From now on `act` is called in this thread's event loop when one of the signals came, instead of
/// what the signal does by itself; for several that came before the loop ran perhaps once. To the
/// end of the process: call once for each signal, after the QCoreApplication was made.
void onSignals(std::initializer_list<int> signals, std::function<void()> act);

/// Writing where it is not possible becomes an error that can be told, as a full disk is: to a
/// reader that went away, or to a file that may not grow.
void takeWriteSignalsAsErrors();

}  // namespace hashira

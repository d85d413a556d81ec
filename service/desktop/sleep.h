// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

namespace hashira::desktop {

/// Tells that the machine was asleep. For the main thread, which needs an event loop: it polls
/// nothing.
class Sleep {
public:
    virtual ~Sleep() = default;
    /// Called on this thread each time that the machine has woken up, until this is freed. Call
    /// once.
    virtual void onWake(std::function<void()> woke) = 0;
};

/// A file for each platform that has something to ask: sleep_logind.cpp; else sleep_none.cpp.
std::unique_ptr<Sleep> makeSleep();

}  // namespace hashira::desktop

// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace hashira::board {

using MakeClient = std::function<std::unique_ptr<frontend::Client>()>;

/// A thread with a client of its own that does one call after the other. Ends what runs when it is
/// destroyed; what still waits is dropped.
class Caller {
public:
    using Call = std::function<void(frontend::Client&)>;

    explicit Caller(const MakeClient& makeClient);
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    /// From any thread.
    void call(Call call);

private:
    void run();

    const std::unique_ptr<frontend::Client> m_client;
    std::mutex m_mutex;  ///< guards what follows
    std::condition_variable m_changed;
    std::deque<Call> m_calls;
    bool m_ending = false;
    std::thread m_thread;  ///< last: it uses all the others
};

}  // namespace hashira::board

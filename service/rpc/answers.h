// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>

namespace hashira::rpc {

/// Answers that the core gives in one go, as to the Sends of one commit. Each that another thread
/// than gRPC's sends wakes one of gRPC's, which then sleeps again: with many callers that costs as
/// much as the answer. So the first one leaves at once, and the thread of gRPC's that it wakes
/// sends the others. None waits for that: release() sends what is left. Any thread.
class Answers {
public:
    using Send = std::function<void()>;

    /// From now on, until release(), all but the first are held. For the core's thread.
    void hold();
    void release();

    /// Sends it, now or soon.
    void add(Send send);
    /// For a thread of gRPC's: sends what is held.
    void drain();

private:
    std::mutex m_mutex;
    std::deque<Send> m_held;           ///< m_mutex
    bool m_holding = false;            ///< m_mutex
    bool m_first = false;              ///< m_mutex: nothing was sent since hold()
    std::atomic<bool> m_some = false;  ///< there are held ones
};

}  // namespace hashira::rpc

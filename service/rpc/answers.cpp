// SPDX-License-Identifier: MIT
#include "rpc/answers.h"

#include <utility>

namespace hashira::rpc {
namespace {

/// Where gRPC runs reactions on the thread that sends, one must not start another drain.
thread_local bool draining = false;

}  // namespace

void Answers::hold() {
    const std::lock_guard lock(m_mutex);
    m_holding = true;
    m_first = true;
}

void Answers::release() {
    {
        const std::lock_guard lock(m_mutex);
        m_holding = false;
    }
    drain();
}

void Answers::add(Send send) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_holding && !std::exchange(m_first, false)) {
            m_held.push_back(std::move(send));
            m_some = true;
            return;
        }
    }
    send();
}

void Answers::drain() {
    if (!m_some || std::exchange(draining, true)) return;
    for (;;) {
        Send send;
        {
            const std::lock_guard lock(m_mutex);
            if (m_held.empty()) {
                m_some = false;
                break;
            }
            send = std::move(m_held.front());
            m_held.pop_front();
        }
        send();
    }
    draining = false;
}

}  // namespace hashira::rpc

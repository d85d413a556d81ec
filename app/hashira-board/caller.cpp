// SPDX-License-Identifier: MIT
#include "caller.h"

#include <utility>

namespace hashira::board {

Caller::Caller(const MakeClient& makeClient)
    : m_client(makeClient()), m_thread([this] { run(); }) {}

Caller::~Caller() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_client->cancel();
    m_thread.join();
}

void Caller::call(Call call) {
    {
        const std::lock_guard lock(m_mutex);
        m_calls.push_back(std::move(call));
    }
    m_changed.notify_all();
}

void Caller::run() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_ending || !m_calls.empty(); });
        if (m_ending) return;
        const Call call = std::move(m_calls.front());
        m_calls.pop_front();
        lock.unlock();
        call(*m_client);
        lock.lock();
    }
}

}  // namespace hashira::board

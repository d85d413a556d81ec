// SPDX-License-Identifier: MIT
#include "rpc/open_calls.h"

#include "wire/status.h"

#include <chrono>

namespace hashira::rpc {

bool OpenCalls::add(std::shared_ptr<OpenCall> call, bool standing) {
    const std::lock_guard lock(m_mutex);
    OpenCall* const key = call.get();
    m_calls.emplace(key, Kept{std::move(call), standing});
    return !m_stopping;
}

void OpenCalls::remove(OpenCall* call) {
    Kept kept;
    const std::lock_guard lock(m_mutex);
    const auto at = m_calls.find(call);
    if (at == m_calls.end()) return;
    kept = std::move(at->second);
    m_calls.erase(at);
    // Under the lock: after it, a waiter may free this object.
    if (m_calls.empty()) m_none.notify_all();
}

void OpenCalls::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    for (const auto& call : some(true)) call->end(wire::stoppingStatus());
}

void OpenCalls::endAll() {
    for (const auto& call : some(false)) call->end(wire::stoppingStatus());
}

bool OpenCalls::stopping() const {
    const std::lock_guard lock(m_mutex);
    return m_stopping;
}

bool OpenCalls::waitNone(int ms) {
    std::unique_lock lock(m_mutex);
    return m_none.wait_for(lock, std::chrono::milliseconds(ms), [this] { return m_calls.empty(); });
}

std::vector<std::shared_ptr<OpenCall>> OpenCalls::some(bool standingOnly) const {
    const std::lock_guard lock(m_mutex);
    std::vector<std::shared_ptr<OpenCall>> calls;
    for (const auto& [key, kept] : m_calls)
        if (kept.standing || !standingOnly) calls.push_back(kept.call);
    return calls;
}

}  // namespace hashira::rpc

// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/core_port.h"
#include "rpc/write_call.h"

#include <hashira/v1/daemon.pb.h>
#include <hashira/v1/hashira.pb.h>

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

namespace hashira::rpc {

/// Who is told of news. Any thread. Listeners that are gone are forgotten when they say so.
template <typename Listener>
class Audience {
public:
    void add(std::shared_ptr<Listener> listener) {
        const std::lock_guard lock(m_mutex);
        m_listeners.insert(std::move(listener));
    }
    void remove(const std::shared_ptr<Listener>& listener) {
        const std::lock_guard lock(m_mutex);
        m_listeners.erase(listener);
    }
    /// A copy: gRPC is never called under the lock.
    std::vector<std::shared_ptr<Listener>> all() const {
        const std::lock_guard lock(m_mutex);
        return {m_listeners.begin(), m_listeners.end()};
    }

private:
    mutable std::mutex m_mutex;
    std::unordered_set<std::shared_ptr<Listener>> m_listeners;
};

/// One Subscribe. What a slow reader has not read yet is merged into one notification.
class Subscription final : public WriteCall<v1::Notification> {
public:
    static Subscription* start(OpenCalls& calls, CorePort& core, Audience<Subscription>& audience,
                               const v1::SubscribeRequest& request);
    Subscription(OpenCalls& calls, CorePort& core, Audience<Subscription>& audience);

    void tell(const front::Notice& notice);
    void OnDone() override;

private:
    void begin(const v1::SubscribeRequest& request);
    Step next(v1::Notification& message) override;

    CorePort& m_core;
    Audience<Subscription>& m_audience;
    front::Revision m_first;                 ///< mutex(), as all below: what the first message told
    std::optional<front::Notice> m_pending;  ///< not sent yet
    bool m_full = false;
    bool m_begun = false;
};

/// One WatchStatus: the latest status wins, equal ones are told once.
class StatusWatch final : public WriteCall<v1::WatchStatusResponse> {
public:
    static StatusWatch* start(OpenCalls& calls, CorePort& core, Audience<StatusWatch>& audience);
    StatusWatch(OpenCalls& calls, Audience<StatusWatch>& audience);

    void tell(const front::Status& status);
    void OnDone() override;

private:
    Step next(v1::WatchStatusResponse& message) override;

    Audience<StatusWatch>& m_audience;
    std::optional<front::Status> m_pending;  ///< mutex()
    std::optional<front::Status> m_told;     ///< mutex()
};

}  // namespace hashira::rpc

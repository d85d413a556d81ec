// SPDX-License-Identifier: MIT
#include "rpc/subscription.h"

#include "wire/front_convert.h"
#include "wire/status.h"

namespace hashira::rpc {
namespace {

/// Buckets in one pending notification; beyond it "full" says it with less.
constexpr std::size_t kPendingBuckets = 1'000;

}  // namespace

Subscription* Subscription::start(OpenCalls& calls, CorePort& core,
                                  Audience<Subscription>& audience,
                                  const v1::SubscribeRequest& request) {
    const auto call = std::make_shared<Subscription>(calls, core, audience);
    if (calls.add(call, true))
        call->begin(request);
    else
        call->end(wire::stoppingStatus());
    return call.get();
}

Subscription::Subscription(OpenCalls& calls, CorePort& core, Audience<Subscription>& audience)
    : WriteCall(calls), m_core(core), m_audience(audience) {}

void Subscription::begin(const v1::SubscribeRequest& request) {
    // Listen before looking: what is published in between is told twice rather than never.
    m_audience.add(std::static_pointer_cast<Subscription>(shared_from_this()));
    const front::Revision now = m_core.shelf()->revision;
    {
        const std::lock_guard lock(mutex());
        m_first = now;
        m_full = m_full || !request.has_since() || wire::fromProto(request.since()) != now;
        if (!m_pending) m_pending.emplace();
        if (m_pending->revision.epoch != now.epoch && !m_pending->revision.epoch.empty()) {
            m_full = true;  // another account was signed in meanwhile
            m_pending->revision = m_core.shelf()->revision;
        } else if (m_pending->revision.number <= now.number) {
            m_pending->revision = now;
        }
        m_begun = true;
    }
    pump();
}

void Subscription::tell(const front::Notice& notice) {
    {
        const std::lock_guard lock(mutex());
        const bool known = m_begun && notice.revision.epoch == m_first.epoch &&
                           notice.revision.number <= m_first.number;
        if (known && !notice.rejectedChanged && !notice.dateTurned) return;
        if (!m_pending) m_pending.emplace();
        m_pending->buckets.insert(notice.buckets.begin(), notice.buckets.end());
        m_pending->rejectedChanged |= notice.rejectedChanged;
        m_pending->dateTurned |= notice.dateTurned;
        if (m_begun && notice.revision.epoch != m_first.epoch) {
            // Another account was signed in: nothing of what was told is of it.
            m_first = m_pending->revision = notice.revision;
            m_full = true;
        } else if (m_pending->revision.number < notice.revision.number) {
            m_pending->revision = notice.revision;
        }
        if (m_pending->buckets.size() > kPendingBuckets) {
            m_full = true;
            m_pending->buckets.clear();
        }
    }
    pump();
}

void Subscription::OnDone() {
    m_audience.remove(std::static_pointer_cast<Subscription>(shared_from_this()));
    WriteCall::OnDone();
}

Subscription::Step Subscription::next(v1::Notification& message) {
    if (!m_begun || !m_pending) return Step::kNothing;
    message.Clear();
    wire::toProto(*m_pending, m_core.shelf()->current, message);
    message.set_full(m_full);
    m_pending.reset();
    m_full = false;
    return Step::kMessage;
}

StatusWatch* StatusWatch::start(OpenCalls& calls, CorePort& core, Audience<StatusWatch>& audience) {
    const auto call = std::make_shared<StatusWatch>(calls, audience);
    if (!calls.add(call, true)) {
        call->end(wire::stoppingStatus());
        return call.get();
    }
    audience.add(call);
    core.status([call](Result<front::Status> status) {
        if (status)
            call->tell(*status);
        else
            call->end(wire::toGrpc(status.error(), call->calls().stopping()));
    });
    return call.get();
}

StatusWatch::StatusWatch(OpenCalls& calls, Audience<StatusWatch>& audience)
    : WriteCall(calls), m_audience(audience) {}

void StatusWatch::tell(const front::Status& status) {
    {
        const std::lock_guard lock(mutex());
        m_pending = status;
    }
    pump();
}

void StatusWatch::OnDone() {
    m_audience.remove(std::static_pointer_cast<StatusWatch>(shared_from_this()));
    WriteCall::OnDone();
}

StatusWatch::Step StatusWatch::next(v1::WatchStatusResponse& message) {
    if (!m_pending || m_pending == m_told) {
        m_pending.reset();
        return Step::kNothing;
    }
    message.Clear();
    wire::toProto(*m_pending, *message.mutable_status());
    m_told = std::exchange(m_pending, std::nullopt);
    return Step::kMessage;
}

}  // namespace hashira::rpc

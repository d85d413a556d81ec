// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "daemon/core.h"

#include <cstddef>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

namespace hashira::daemon {

/// The one crossing into the core thread: a queue that any thread may put things into, and that the
/// core thread empties. What is put in first is done first; Sends that stand next to each other are
/// handed over together, so that they share one fsync.
///
/// Calls of front ends are bounded (limits::kMailboxCalls, kMailboxBytes) and refused while
/// stopping. Internal posts are the answers to what the core itself asked for: they are bounded by
/// that, and are taken until close().
class Mailbox {
public:
    using Job = std::function<void()>;
    using SendJob = Core::SendJob;

    /// `wake` is called from any thread, when the mailbox was empty until now: have drain() called
    /// soon.
    explicit Mailbox(std::function<void()> wake) : m_wake(std::move(wake)) {}

    /// A call of a front end. Errors: kExhausted, kCancelled; the job was then not taken, and is
    /// not run.
    Status post(Job job);
    /// As post(). Where it is not taken, `job` stays as it was.
    Status send(SendJob&& job);
    /// Never refused before close().
    void postInternal(Job job);

    /// From now on calls of front ends are refused.
    void refuse();
    /// From now on nothing is taken; what is still waiting is dropped unseen.
    void close();

    /// Does what waits now. For the core thread; `send` commits a group of Sends.
    void drain(const std::function<void(std::vector<SendJob>)>& send);

private:
    struct Internal {
        Job job;
    };
    using Item = std::variant<SendJob, Job, Internal>;

    /// `bytes`: of the commands of a Send.
    Status admit(std::size_t bytes) const;
    /// Whether it must be woken.
    bool put(Item item);

    const std::function<void()> m_wake;
    std::mutex m_mutex;  // protects all below
    std::vector<Item> m_items;
    std::size_t m_calls = 0;  ///< of m_items, those of front ends
    std::size_t m_bytes = 0;  ///< of m_items, what the Sends hold
    bool m_refusing = false;
    bool m_closed = false;
};

}  // namespace hashira::daemon

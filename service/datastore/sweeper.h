// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "datastore/backend.h"
#include "datastore/ledger.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace hashira::datastore {

/// Removes what was kept for its time (ledger::sweep), in rounds over all accounts. One program of
/// a database has a round at a time. A thread of its own that does nothing but wait: each step is a
/// job of the account's lane, and after each it rests, so that nobody waits for more than one step.
class Sweeper {
public:
    /// `retention`: by the datastore's clock. Backend and log must outlive it.
    Sweeper(Backend& backend, std::chrono::milliseconds retention, Log& log);
    /// Waits for the step that runs.
    ~Sweeper();

    /// No further step begins. Any thread; does not wait.
    void halt();

    /// How often there is a round: no more than a part of the time that things are kept.
    static std::chrono::milliseconds intervalOf(std::chrono::milliseconds retention);

private:
    struct Sum {
        std::int64_t accounts = 0, tombstones = 0, versions = 0, refusals = 0;
    };

    void run();
    void round();
    /// An error of one account is told in the log, and keeps none of the others.
    void sweepAccount(const AccountKey& account, Sum& sum);
    Result<ledger::Swept> step(Desk& desk, const AccountKey& account);
    std::int64_t beforeMs(const Desk& desk) const;
    void tell(const Sum& sum);
    void failed(const Error& error);
    /// Runs it as a job and waits for its answer; then rests. Nothing: halted.
    template <typename Answer>
    std::optional<Answer> atDesk(const std::string& lane,
                                 const std::function<Answer(Desk&)>& function);
    /// False: halted.
    bool rest(std::chrono::nanoseconds duration);

    Backend& m_backend;
    const std::chrono::milliseconds m_retention;
    const std::chrono::milliseconds m_interval;
    Log& m_log;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_halted = false;  // protected by the mutex
    std::thread m_thread;
};

}  // namespace hashira::datastore

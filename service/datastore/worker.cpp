// SPDX-License-Identifier: MIT
#include "datastore/worker.h"

#include <future>

namespace hashira::datastore {
namespace {

/// How long a looked up token is taken without another look.
constexpr std::int64_t kTokenMs = 1'000;
/// The last use is written down to this, so that it costs no fsync a call.
constexpr std::int64_t kUsedMs = 5 * 60 * 1'000;
constexpr std::size_t kTokens = 10'000;

}  // namespace

Result<AccountKey> Desk::accountOf(const std::string& tokenHash) {
    const std::int64_t steadyMs = m_clock.steadyMs();
    const auto known = m_tokens.find(tokenHash);
    if (known != m_tokens.end() && known->second.untilMs > steadyMs) return known->second.account;
    const auto owner = accounts::ownerOf(*m_database, tokenHash);
    if (!owner) return owner.error();
    if (!*owner) {
        m_tokens.erase(tokenHash);
        return Error{ErrorCode::kUnauthenticated,
                     "the datastore does not know this access token, or it was revoked"};
    }
    const std::int64_t nowMs = m_clock.nowMs();
    if (m_notes == Notes::kKeep && (!(*owner)->usedMs || *(*owner)->usedMs + kUsedMs < nowMs)) {
        // A note for the operator: where it fails, the call is none the worse.
        static_cast<void>(accounts::tokenUsed(*m_database, tokenHash, nowMs));
    }
    if (m_tokens.size() >= kTokens) m_tokens.clear();
    m_tokens[tokenHash] = {(*owner)->account, steadyMs + kTokenMs};
    return (*owner)->account;
}

Result<std::unique_ptr<Worker>> Worker::start(const Settings& settings, const Clock& clock) {
    std::unique_ptr<Worker> worker(new Worker(settings, clock));
    for (int i = 0; i < settings.threads; ++i) {
        std::promise<Status> opened;
        auto answer = opened.get_future();
        worker->m_threads.emplace_back([&worker = *worker, &opened, i] {
            auto desk = worker.openDesk();
            const bool ok = desk.ok();
            opened.set_value(ok ? Status() : Status(desk.error()));
            if (ok) worker.run(**desk, i == 0);
        });
        if (const Status status = answer.get(); !status) return status.error();
    }
    return worker;
}

Worker::~Worker() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    for (std::thread& thread : m_threads) thread.join();
}

Result<std::unique_ptr<Desk>> Worker::openDesk() const {
    auto database = SqlDatabase::open(m_settings.database);
    if (!database) return database.error();
    return std::make_unique<Desk>(std::move(*database), m_clock, m_settings.notes);
}

bool Worker::post(Job job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || m_jobs.size() >= m_settings.queue) return false;
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
    return true;
}

void Worker::every(std::chrono::milliseconds interval, Job job) {
    const std::lock_guard lock(m_mutex);
    m_tick = std::move(job);
    m_interval = interval;
    m_wake.notify_all();
}

void Worker::run(Desk& desk, bool first) {
    using Clock = std::chrono::steady_clock;
    auto ticked = Clock::now();
    std::unique_lock lock(m_mutex);
    while (!m_stopping || !m_jobs.empty()) {
        const bool ticks = first && m_tick && !m_stopping;
        if (ticks && Clock::now() >= ticked + m_interval) {
            const Job tick = m_tick;
            lock.unlock();
            tick(desk);
            lock.lock();
            ticked = Clock::now();
        } else if (!m_jobs.empty()) {
            const Job job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            job(desk);
            lock.lock();
        } else if (ticks) {
            m_wake.wait_until(lock, ticked + m_interval);
        } else {
            m_wake.wait(lock);
        }
    }
}

}  // namespace hashira::datastore

// SPDX-License-Identifier: MIT
#include "datastore/worker.h"

#include <future>

namespace hashira::datastore {
namespace {

/// The last use is written down to this, so that it costs no fsync a call.
constexpr std::int64_t kUsedMs = 5 * 60 * 1'000;

}  // namespace

Result<AccountKey> Desk::accountOf(const std::string& tokenHash) {
    const std::int64_t steadyMs = m_clock.steadyMs();
    if (const auto known = m_tokens.find(tokenHash, steadyMs)) return *known;
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
    m_tokens.put(tokenHash, (*owner)->account, steadyMs);
    return (*owner)->account;
}

Result<std::unique_ptr<Worker>> Worker::start(const Settings& settings, const Clock& clock,
                                              TokenCache& tokens) {
    std::unique_ptr<Worker> worker(new Worker(settings, clock, tokens));
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
    return std::make_unique<Desk>(std::move(*database), m_clock, m_tokens, m_settings.notes);
}

bool Worker::post(const std::string& lane, Job job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || m_waiting >= m_settings.queue) return false;
        const std::string name = lane.empty() ? '#' + std::to_string(++m_single) : lane;
        const auto [at, fresh] = m_lanes.try_emplace(name);
        if (at->second.size() >= m_settings.lane) return false;
        at->second.push_back(std::move(job));
        ++m_waiting;
        if (!fresh) return true;  // whoever runs the lane's job goes on with it
        m_ready.push_back(name);
    }
    m_wake.notify_one();
    return true;
}

std::size_t Worker::waiting() {
    const std::lock_guard lock(m_mutex);
    return m_waiting;
}

std::size_t Worker::busy() {
    const std::lock_guard lock(m_mutex);
    return m_busy;
}

void Worker::every(std::chrono::milliseconds interval, Job job) {
    const std::lock_guard lock(m_mutex);
    m_tick = std::move(job);
    m_interval = interval;
    m_wake.notify_all();
}

void Worker::runNext(Desk& desk, std::unique_lock<std::mutex>& lock) {
    const std::string lane = std::move(m_ready.front());
    m_ready.pop_front();
    {
        auto& jobs = m_lanes[lane];
        const Job job = std::move(jobs.front());
        jobs.pop_front();
        --m_waiting;
        ++m_busy;
        lock.unlock();
        job(desk);
    }
    lock.lock();
    --m_busy;
    const auto at = m_lanes.find(lane);
    if (at->second.empty())
        m_lanes.erase(at);
    else
        m_ready.push_back(lane);
}

void Worker::run(Desk& desk, bool first) {
    using Clock = std::chrono::steady_clock;
    auto ticked = Clock::now();
    std::unique_lock lock(m_mutex);
    while (!m_stopping || !m_ready.empty()) {
        const bool ticks = first && m_tick && !m_stopping;
        if (ticks && Clock::now() >= ticked + m_interval) {
            const Job tick = m_tick;
            lock.unlock();
            tick(desk);
            lock.lock();
            ticked = Clock::now();
        } else if (!m_ready.empty()) {
            runNext(desk, lock);
        } else if (ticks) {
            m_wake.wait_until(lock, ticked + m_interval);
        } else {
            m_wake.wait(lock);
        }
    }
}

}  // namespace hashira::datastore

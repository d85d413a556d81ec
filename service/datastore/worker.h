// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "datastore/accounts.h"
#include "datastore/sql_database.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace hashira::datastore {

/// What a job works with: its thread's connection, and the tokens that it looked up lately.
class Desk {
public:
    enum class Notes { kKeep, kNone };  ///< whether the last use of tokens is written down here

    Desk(std::unique_ptr<SqlDatabase> database, const Clock& clock, Notes notes)
        : m_database(std::move(database)), m_clock(clock), m_notes(notes) {}

    SqlDatabase& database() { return *m_database; }
    const Clock& clock() const { return m_clock; }
    Random& random() { return m_random; }

    /// The account that a token names. kUnauthenticated: not known or revoked; a revoked one may be
    /// taken for a second more.
    Result<AccountKey> accountOf(const std::string& tokenHash);

private:
    struct Known {
        AccountKey account;
        std::int64_t untilMs = 0;  ///< steady
    };
    std::unique_ptr<SqlDatabase> m_database;
    const Clock& m_clock;
    Notes m_notes;
    SystemRandom m_random;
    std::unordered_map<std::string, Known> m_tokens;
};

/// Threads that own a connection each and run jobs from one bounded queue, so that whoever posts
/// never waits for SQL.
class Worker {
public:
    using Job = std::function<void(Desk&)>;
    struct Settings {
        DatabaseUrl database;
        int threads = 1;
        std::size_t queue = 1'024;  ///< jobs that wait
        Desk::Notes notes = Desk::Notes::kNone;
    };

    /// Opens the connections first: their errors are its own.
    static Result<std::unique_ptr<Worker>> start(const Settings& settings, const Clock& clock);
    /// Runs what was posted, then ends.
    ~Worker();

    /// Any thread. False: the queue is full, and the job was not taken.
    bool post(Job job);
    /// Runs a job about every so often, with the first thread; once, before posting.
    void every(std::chrono::milliseconds interval, Job job);

private:
    Worker(const Settings& settings, const Clock& clock) : m_settings(settings), m_clock(clock) {}
    Result<std::unique_ptr<Desk>> openDesk() const;
    void run(Desk& desk, bool first);

    const Settings m_settings;
    const Clock& m_clock;
    std::vector<std::thread> m_threads;

    std::mutex m_mutex;  // protects what follows
    std::condition_variable m_wake;
    std::deque<Job> m_jobs;
    bool m_stopping = false;
    Job m_tick;
    std::chrono::milliseconds m_interval{0};
};

}  // namespace hashira::datastore

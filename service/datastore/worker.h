// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "datastore/accounts.h"
#include "datastore/sql_database.h"
#include "datastore/token_cache.h"

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

/// What a job works with: its thread's connection, and the tokens that were looked up lately.
class Desk {
public:
    enum class Notes { kKeep, kNone };  ///< whether the last use of tokens is written down here

    Desk(std::unique_ptr<SqlDatabase> database, const Clock& clock, TokenCache& tokens, Notes notes)
        : m_database(std::move(database)), m_clock(clock), m_tokens(tokens), m_notes(notes) {}

    SqlDatabase& database() { return *m_database; }
    const Clock& clock() const { return m_clock; }
    Random& random() { return m_random; }

    /// The account that a token names. kUnauthenticated: not known or revoked; a revoked one may be
    /// taken for a second more.
    Result<AccountKey> accountOf(const std::string& tokenHash);

private:
    std::unique_ptr<SqlDatabase> m_database;
    const Clock& m_clock;
    TokenCache& m_tokens;
    Notes m_notes;
    SystemRandom m_random;
};

/// Threads that own a connection each and run jobs from one bounded queue, so that whoever posts
/// never waits for SQL. The jobs of one lane run one after the other, and lanes take turns: those
/// who would only wait for each other's row do not hold the threads of others.
class Worker {
public:
    using Job = std::function<void(Desk&)>;
    struct Settings {
        DatabaseUrl database;
        int threads = 1;
        std::size_t queue = 1'024;  ///< jobs that wait
        std::size_t lane = 256;     ///< of them those of one lane
        Desk::Notes notes = Desk::Notes::kNone;
    };

    /// Opens the connections first: their errors are its own.
    static Result<std::unique_ptr<Worker>> start(const Settings& settings, const Clock& clock,
                                                 TokenCache& tokens);
    /// Runs what was posted, then ends.
    ~Worker();

    /// Any thread. An empty lane: the job is by itself. False: the queue or the lane is full, and
    /// the job was not taken.
    bool post(const std::string& lane, Job job);
    /// How many jobs wait. Any thread.
    std::size_t waiting();
    /// How many of its connections have a job now. Any thread.
    std::size_t busy();
    std::size_t connections() const { return static_cast<std::size_t>(m_settings.threads); }
    /// Runs a job about every so often, with the first thread; once, before posting.
    void every(std::chrono::milliseconds interval, Job job);

private:
    Worker(const Settings& settings, const Clock& clock, TokenCache& tokens)
        : m_settings(settings), m_clock(clock), m_tokens(tokens) {}
    Result<std::unique_ptr<Desk>> openDesk() const;
    void run(Desk& desk, bool first);
    void runNext(Desk& desk, std::unique_lock<std::mutex>& lock);

    const Settings m_settings;
    const Clock& m_clock;
    TokenCache& m_tokens;
    std::vector<std::thread> m_threads;

    std::mutex m_mutex;  // protects what follows
    std::condition_variable m_wake;
    /// Those with jobs that wait or run. A lane whose job runs is not among the ready.
    std::unordered_map<std::string, std::deque<Job>> m_lanes;
    std::deque<std::string> m_ready;
    std::size_t m_waiting = 0;
    std::size_t m_busy = 0;
    std::uint64_t m_single = 0;  ///< names of lanes of one job
    bool m_stopping = false;
    Job m_tick;
    std::chrono::milliseconds m_interval{0};
};

}  // namespace hashira::datastore

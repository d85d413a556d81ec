// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "datastore/broadcaster.h"
#include "datastore/database_url.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

class QThread;

namespace hashira::datastore {

/// Tells the other programs on the same PostgreSQL what was committed here, and the watchers here
/// what was committed there, by LISTEN and NOTIFY on a connection and a thread of its own.
///
/// Notifications go after the commits, many in one: a transaction that notifies holds a lock of the
/// whole database while it commits, so that those of all accounts would wait for each other's
/// fsync. What is lost with a connection is made up for: after each connect the watchers here are
/// told where their accounts stand. What is lost with a process that was killed between its commit
/// and its notification, daemons find by their periodic sync.
class Replicas {
public:
    /// Listens when this returns. Broadcaster and log must outlive it.
    static Result<std::unique_ptr<Replicas>> start(const DatabaseUrl& url, Broadcaster& broadcaster,
                                                   Log& log);
    /// Sends what waits, once.
    ~Replicas();

    /// Any thread; never waits.
    void committed(const std::string& account, std::uint64_t version);
    /// A lower version came than watchers were told: whether the account was set back is looked up.
    void doubt(const std::string& account);

private:
    class Line;
    Replicas();

    void wake();

    std::mutex m_mutex;  // protects what follows
    bool m_woken = false;
    std::set<std::string> m_doubted;
    std::map<std::string, std::uint64_t> m_waiting;

    std::unique_ptr<Line> m_line;  ///< lives on the thread
    std::unique_ptr<QThread> m_thread;
};

}  // namespace hashira::datastore

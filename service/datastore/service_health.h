// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "datastore/metrics.h"

#include <grpcpp/server.h>

#include <cstdint>
#include <mutex>

namespace hashira::datastore {

/// What grpc.health.v1 says of us: SERVING, but for a database that was out of reach for long, and
/// from the beginning of a drain on. Thread-safe.
class Health {
public:
    /// The log must outlive it.
    explicit Health(Log& log) : m_log(log) {}

    void attach(grpc::Server& server, Metrics& metrics);
    /// Before these end.
    void detach();

    /// What came of a look at the database, at that time of the steady clock. One lost connection
    /// is no reason to send all daemons elsewhere.
    void database(const Status& status, std::int64_t steadyMs);
    void drain();

    static constexpr std::int64_t kDatabaseGoneMs = 20'000;

private:
    void tell();

    Log& m_log;
    std::mutex m_mutex;  // protects what follows
    grpc::Server* m_server = nullptr;
    Metrics* m_metrics = nullptr;
    std::int64_t m_goneSinceMs = -1;  ///< the database; -1: it is there
    bool m_databaseGone = false;      ///< for so long that it counts
    bool m_draining = false;
};

}  // namespace hashira::datastore

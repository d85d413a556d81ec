// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/broadcaster.h"
#include "datastore/leave.h"
#include "datastore/ledger.h"
#include "datastore/limits.h"
#include "datastore/metrics.h"
#include "datastore/rate_limit.h"
#include "datastore/replicas.h"
#include "datastore/token_cache.h"
#include "datastore/worker.h"
#include "model/uuid.h"

#include <memory>
#include <string>

namespace hashira::datastore {

/// What the calls of the service share. Declared in the order of use: the workers end first.
struct Backend {
    std::string version;
    std::int64_t accountBytes = limits::kAccountBytes;
    Metrics metrics;
    Leave leave;
    TokenCache tokens;
    RateLimit rate;
    Broadcaster broadcaster;
    std::unique_ptr<Replicas> replicas;  ///< PostgreSQL's only
    /// Short calls, those of an account in a lane.
    std::unique_ptr<Worker> writers;
    /// Fetches, which may wait for a slow client.
    std::unique_ptr<Worker> readers;

    /// Tells all watchers of the account, wherever they are. After the commit.
    void committed(const std::string& account, std::uint64_t version) {
        const bool behind = broadcaster.changed(account, version);
        if (!replicas) return;
        replicas->committed(account, version);
        if (behind) replicas->doubt(account);
    }
};

/// What a call at that desk is given besides its request.
inline ledger::Context contextOf(Desk& desk, const Backend& backend) {
    return {desk.clock().nowMs(), makeToken(desk.random(), 8), backend.version,
            backend.accountBytes};
}

}  // namespace hashira::datastore

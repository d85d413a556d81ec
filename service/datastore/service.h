// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "datastore/certificate.h"
#include "datastore/database_url.h"
#include "datastore/endpoint.h"
#include "datastore/limits.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hashira::datastore {

struct ServerSettings {
    Endpoint endpoint;
    DatabaseUrl database;
    std::string version;               ///< the program's
    std::optional<TlsFiles> tls = {};  ///< without it: plaintext, on loopback only
    std::shared_ptr<Log> log = std::make_shared<Log>();
    std::int64_t accountBytes = limits::kAccountBytes;  ///< what the tasks of an account may take
    /// How long what was deleted, and what old cursors need, is kept (limits.h); nothing: for ever.
    std::optional<std::chrono::milliseconds> retention =
        std::chrono::milliseconds(limits::kRetentionMs);
};

/// The datastore's gRPC server: Datastore, health, reflection. For one thread.
class Server {
public:
    /// Opens the database, listens and serves at once. The clock must outlive the server.
    /// kDenied: plaintext beyond loopback; kInvalid: the certificate or its key; kBusy: somebody
    /// listens there already; and the database's errors.
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings,
                                                 const Clock& clock);
    /// Ends the streams, lets calls under way finish, closes the database.
    ~Server();

    /// Takes leave, before the end: health says NOT_SERVING, no new call begins, the streams of
    /// daemons end one after the other with word when to come back, and calls under way finish.
    /// Returns when all have, or after `most`.
    void drain(std::chrono::milliseconds most);

    /// Where it can be called: with the port that the system chose.
    Endpoint endpoint() const;

    /// Prometheus' text of what it counts. Any thread; waits for nothing.
    std::string metricsText() const;

    /// Nothing where it serves plaintext.
    Certificate* certificate();

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::datastore

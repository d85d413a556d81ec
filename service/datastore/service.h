// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "datastore/database_url.h"

#include <cstdint>
#include <memory>
#include <string>

namespace hashira::datastore {

/// "tcp:HOST:PORT"; an IPv6 host stands in brackets.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  ///< 0 lets the system choose
    static Result<Endpoint> parse(const std::string& text);
    /// "HOST:PORT", as gRPC takes it.
    std::string target() const;
    bool loopback() const;
};

struct ServerSettings {
    Endpoint endpoint;
    DatabaseUrl database;
    std::string version;  ///< the program's
};

/// The datastore's gRPC server: Datastore, health, reflection. For one thread.
class Server {
public:
    /// Opens the database, listens and serves at once. The clock must outlive the server. kDenied:
    /// beyond loopback, which needs TLS; kBusy: somebody listens there already; and the database's
    /// errors.
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings,
                                                 const Clock& clock);
    /// Ends the streams, lets calls under way finish, closes the database.
    ~Server();

    /// Where it can be called: with the port that the system chose.
    Endpoint endpoint() const;

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::datastore

// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "datastore/certificate.h"
#include "datastore/database_url.h"

#include <cstdint>
#include <memory>
#include <optional>
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
    std::string version;               ///< the program's
    std::optional<TlsFiles> tls = {};  ///< without it: plaintext, on loopback only
    std::shared_ptr<Log> log = std::make_shared<Log>();
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

    /// Where it can be called: with the port that the system chose.
    Endpoint endpoint() const;

    /// Nothing where it serves plaintext.
    Certificate* certificate();

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::datastore

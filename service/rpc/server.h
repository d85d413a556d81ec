// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/front.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hashira::rpc {

class AccountPort;
class CorePort;

/// Where front ends reach the daemon.
struct Endpoint {
    enum class Kind { kUnix, kTcp } kind = Kind::kUnix;
    std::string path;        ///< kUnix: the socket; at most 107 bytes
    std::string host;        ///< kTcp: a loopback address
    std::uint16_t port = 0;  ///< kTcp: 0 lets the system choose
    /// Reads "unix:PATH" or "tcp:127.0.0.1:PORT". Anything but loopback is refused.
    static Result<Endpoint> parse(const std::string& text);
    std::string text() const;
};

struct ServerSettings {
    Endpoint endpoint;
    /// kTcp: a fresh token is written there, mode 0600, as `<data-dir>/local-token`.
    std::string tokenFile;
    /// Called where a caller asks the process to end, from any thread; must not block. Null: it
    /// is refused.
    std::function<void()> shutdown = {};
};

/// The local gRPC server: services, health, reflection, the endpoint. All members are for one
/// thread, but for notify() and statusChanged(), which any thread may call and which never block.
class Server {
public:
    /// Listens and serves at once. The caller holds the data directory's lock already: a socket
    /// file in the way is a dead one's. The ports must outlive the server; without the second one
    /// nobody can sign in.
    static Result<std::unique_ptr<Server>> start(const ServerSettings& settings, CorePort& core,
                                                 AccountPort* account = nullptr);
    /// As stop().
    ~Server();

    /// Where it can be called: with the port that the system chose.
    Endpoint endpoint() const;

    /// Answers to Sends that are given from here to releaseAnswers() leave together: see Answers.
    void holdAnswers();
    void releaseAnswers();
    /// Tells every subscriber. Call after the commit, with the shelf already published.
    void notify(const front::Notice& notice);
    /// Tells every watcher of the status.
    void statusChanged(const front::Status& status);

    /// Stops accepting and ends the streams; calls under way may finish within `graceMs`. Removes
    /// the socket file.
    void stop(int graceMs);

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::rpc

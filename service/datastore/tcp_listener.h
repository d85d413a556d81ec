// SPDX-License-Identifier: MIT
#pragma once

#include "base/acceptor_posix.h"
#include "base/result.h"
#include "datastore/endpoint.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace hashira::datastore {

/// Listens on TCP. Whoever opens connections enough could shut gRPC's own listener (see Acceptor).
class TcpListener {
public:
    /// A wildcard of either family means both. kBusy: nothing of what the host's name means can be
    /// listened on.
    static Result<std::unique_ptr<TcpListener>> open(const Endpoint& endpoint);

    std::uint16_t port() const { return m_port; }
    /// Starts to accept. Once. `accepted` gets each connection's descriptor, on the listener's
    /// thread, and owns it. Where descriptors run out connections are cut at once, so that their
    /// clients try again later, and limits::kSpareDescriptors are left for the datastore itself.
    void start(std::function<void(int fd)> accepted);
    void stop();
    /// Connections that were cut.
    std::uint64_t turnedAway() const;

private:
    TcpListener(std::unique_ptr<Acceptor> acceptor, std::uint16_t port);

    std::unique_ptr<Acceptor> m_acceptor;
    std::uint16_t m_port;
};

}  // namespace hashira::datastore

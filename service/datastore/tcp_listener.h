// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/endpoint.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace hashira::datastore {

/// Listens on TCP. gRPC's own listener accepts nobody any more, for ever, once a process was out of
/// descriptors for a moment; whoever opens connections enough could shut the datastore like that.
class TcpListener {
public:
    /// A wildcard of either family means both. kBusy: nothing of what the host's name means can be
    /// listened on.
    static Result<std::unique_ptr<TcpListener>> open(const Endpoint& endpoint);
    /// As stop().
    ~TcpListener();

    std::uint16_t port() const;
    /// Starts to accept. Once. `accepted` gets each connection's descriptor, on the listener's
    /// thread, and owns it. Where descriptors run out connections are cut at once, so that their
    /// clients try again later, and limits::kSpareDescriptors are left for the datastore itself.
    void start(std::function<void(int fd)> accepted);
    void stop();
    /// Connections that were cut.
    std::uint64_t turnedAway() const;

private:
    struct Impl;
    explicit TcpListener(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::datastore

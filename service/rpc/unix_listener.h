// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <functional>
#include <memory>
#include <string>

namespace hashira::rpc {

/// The listening Unix domain socket, ours alone: mode 0600 in a directory of ours, and every
/// connection of another user is closed before a byte of it is read. gRPC's own listener can do
/// neither.
class UnixListener {
public:
    /// Makes the socket (and its directory, mode 0700). The caller holds the data directory's lock:
    /// a socket that lies there is a dead one's and is replaced. `accepted` gets the descriptor of
    /// each connection, on the listener's thread, and owns it.
    static Result<std::unique_ptr<UnixListener>> open(const std::string& path);
    /// As stop().
    ~UnixListener();

    /// Starts to accept. Once.
    void start(std::function<void(int fd)> accepted);
    /// Stops accepting and removes the socket's file, unless it is another's by now.
    void stop();

private:
    struct Impl;
    explicit UnixListener(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira::rpc

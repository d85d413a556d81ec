// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace hashira {

/// Accepts the connections of listening sockets on a thread of its own. gRPC's own listener accepts
/// nobody any more, for ever, once a process was out of descriptors for a moment; and a process
/// that has none left cannot open its files, and is ended by libraries that expect one (GLib).
class Acceptor {
public:
    /// `spareDescriptors` are left to the process itself: whoever connects when fewer are free is
    /// cut off at once, so that it can tell and try again later.
    static Result<std::unique_ptr<Acceptor>> make(int spareDescriptors);
    /// As stop(); closes the listening sockets.
    ~Acceptor();

    /// Takes the descriptor, which does not block. Before start().
    void add(int listening);
    /// Once. `accepted` gets each connection's descriptor, which does not block and is closed on
    /// exec, on the acceptor's thread, and owns it.
    void start(std::function<void(int fd)> accepted);
    /// Ends and joins the thread. Again: nothing.
    void stop();
    /// Connections that were cut. Any thread.
    std::uint64_t turnedAway() const;

private:
    struct Impl;
    explicit Acceptor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hashira

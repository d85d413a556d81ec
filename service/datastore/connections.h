// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace hashira::datastore {

/// Cuts connections whose clients make gRPC hold ever more memory, in two ways that gRPC (1.51)
/// sets no limit to: calls that are taken back as soon as they are made, which it ends faster than
/// it lets go of them, and headers that go on and on, which it counts for each frame alone.
/// Thread-safe. Where a connection goes wrong is seen on Linux only.
class Connections {
public:
    /// Those that are accepted on this port. The log must outlive it.
    Connections(std::uint16_t port, Log& log);
    ~Connections();

    /// A connection was accepted, on that descriptor.
    void accepted(int fd);
    /// A call of that peer (as gRPC names it, "ipv4:1.2.3.4:5") was answered, and is held until
    /// gone().
    void ended(const std::string& peer);
    void gone(const std::string& peer);
    /// How many were cut.
    std::uint64_t cut() const { return m_cut; }

private:
    struct Held {
        std::size_t calls = 0;
        bool cut = false;
    };
    /// What a connection had brought when we last answered anything on it. A later connection on
    /// the same descriptor has been sent as much as the one before only until it is answered.
    struct Said {
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
    };
    /// On a thread of its own, as gRPC may keep any other in a flood: looks, when memory grows, for
    /// connections that bring much and need no answers.
    void look();
    /// Until a connection brings something, then limits::kLookMs. False: the end.
    bool wait();
    void cutPeer(const std::string& peer, const char* reason);
    /// What came on that descriptor since we last answered anything; 0 where it is no connection.
    std::uint64_t unansweredOf(int fd);

    const std::uint16_t m_port;
    Log& m_log;
    std::atomic<std::uint64_t> m_cut = 0;
    std::atomic<int> m_highest = -1;  ///< of the descriptors of connections: numbers are dense
    std::mutex m_mutex;               // protects what follows
    std::unordered_map<std::string, Held> m_held;
    std::size_t m_heldInAll = 0;
    bool m_stopping = false;
    std::condition_variable m_wake;

    // the thread's own
    int m_traffic = -1;         ///< an epoll of all connections
    int m_stop = -1;            ///< an eventfd in it
    std::uint64_t m_least = 0;  ///< the least memory of late, in bytes
    std::uint64_t m_began = 0;  ///< the memory when it began to look
    int m_looks = 0;            ///< so many more, as memory grew
    std::vector<Said> m_said;   ///< by descriptor
    std::thread m_thread;
};

}  // namespace hashira::datastore

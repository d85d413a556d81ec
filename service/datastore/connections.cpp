// SPDX-License-Identifier: MIT
#include "datastore/connections.h"

#include "datastore/limits.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>

#ifdef __linux__
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#endif

namespace hashira::datastore {

#ifdef __linux__
namespace {

/// "ipv4:1.2.3.4:5" as gRPC writes it, also for an IPv4 address that came by IPv6.
std::string peerText(const sockaddr_storage& address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_INET) {
        const auto& four = reinterpret_cast<const sockaddr_in&>(address);
        ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
        return "ipv4:" + std::string(text) + ':' + std::to_string(ntohs(four.sin_port));
    }
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    const std::string port = ':' + std::to_string(ntohs(six.sin6_port));
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) {
        ::inet_ntop(AF_INET, six.sin6_addr.s6_addr + 12, text, sizeof text);
        return "ipv4:" + std::string(text) + port;
    }
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return "ipv6:%5B" + std::string(text) + "%5D" + port;
}

using SocketName = int (*)(int, sockaddr*, socklen_t*);

/// False where it is no socket of the internet's.
bool addressOf(int fd, SocketName name, sockaddr_storage& address) {
    socklen_t size = sizeof address;
    return name(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
           (address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

/// The peer of a connection to our port; empty where the descriptor is none.
std::string peerOf(int fd, std::uint16_t port) {
    sockaddr_storage own{}, other{};
    if (!addressOf(fd, ::getsockname, own) || !addressOf(fd, ::getpeername, other)) return {};
    const auto ownPort = own.ss_family == AF_INET
                             ? reinterpret_cast<const sockaddr_in&>(own).sin_port
                             : reinterpret_cast<const sockaddr_in6&>(own).sin6_port;
    return ntohs(ownPort) == port ? peerText(other) : std::string();
}

std::uint64_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

// gRPC owns the descriptors: one that is closed, and another's, between being seen and being cut
// would cost somebody a new connection.
void Connections::cutPeer(const std::string& peer, const char* reason) {
    for (int fd = 0; fd <= m_highest; ++fd)
        if (peerOf(fd, m_port) == peer && ::shutdown(fd, SHUT_RDWR) == 0) ++m_cut;
    m_log.warning("connection cut", {{"peer", peer}, {"reason", reason}});
}

std::uint64_t Connections::unansweredOf(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    Said& said = m_said[static_cast<std::size_t>(fd)];
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
        said = {};
        return 0;
    }
    // A body is answered on the way: what it may bring is given to it by windows.
    if (said.sent != info.tcpi_bytes_acked || said.received > info.tcpi_bytes_received)
        said = {info.tcpi_bytes_received, info.tcpi_bytes_acked};
    return info.tcpi_bytes_received - said.received;
}

void Connections::look() {
    const std::uint64_t now = residentBytes();
    if (m_least == 0 || now < m_least) m_least = now;
    const auto grown = std::max(limits::kLookBytes, m_least / limits::kLookShare);
    if (now > m_least + grown) {
        if (m_looks == 0) m_began = m_least;
        m_looks = limits::kLooks;
        m_least = now;
    }
    if (m_looks == 0) return;
    --m_looks;
    const bool flood = now > m_began + limits::kFloodBytes;
    std::uint64_t most = flood ? limits::kUnansweredInFloodBytes : limits::kUnansweredBytes;
    std::string worst;
    const int highest = m_highest;
    m_said.resize(static_cast<std::size_t>(highest) + 1);
    // One question to the system for each, as there may be many: who it is matters of few.
    for (int fd = 0; fd <= highest; ++fd) {
        const std::uint64_t unanswered = unansweredOf(fd);
        if (unanswered <= most) continue;
        if (std::string peer = peerOf(fd, m_port); !peer.empty()) {
            most = unanswered;
            worst = std::move(peer);
        }
    }
    if (!worst.empty()) cutPeer(worst, "it brings much and waits for no answer");
}

bool Connections::wait() {
    epoll_event events[64];
    // Edges: who brought something and is not heard of again has been counted.
    while (::epoll_wait(m_traffic, events, std::size(events), m_looks > 0 ? 0 : -1) < 0 &&
           errno == EINTR) {
    }
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, std::chrono::milliseconds(limits::kLookMs),
                            [this] { return m_stopping; });
}

void Connections::accepted(int fd) {
    int highest = m_highest;
    while (fd > highest && !m_highest.compare_exchange_weak(highest, fd)) {
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    static_cast<void>(::epoll_ctl(m_traffic, EPOLL_CTL_ADD, fd, &event));
}

Connections::Connections(std::uint16_t port, Log& log)
    : m_port(port),
      m_log(log),
      m_traffic(::epoll_create1(EPOLL_CLOEXEC)),
      m_stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    epoll_event event{};
    event.events = EPOLLIN;
    static_cast<void>(::epoll_ctl(m_traffic, EPOLL_CTL_ADD, m_stop, &event));
    m_thread = std::thread([this] {
        while (wait()) look();
    });
}

Connections::~Connections() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    static_cast<void>(::eventfd_write(m_stop, 1));
    m_thread.join();
    ::close(m_traffic);
    ::close(m_stop);
}
#else
Connections::Connections(std::uint16_t port, Log& log) : m_port(port), m_log(log) {}
Connections::~Connections() = default;
void Connections::accepted(int) {}
void Connections::cutPeer(const std::string&, const char*) {}
#endif

void Connections::ended(const std::string& peer) {
    std::string victim;
    {
        const std::lock_guard lock(m_mutex);
        Held& held = m_held[peer];
        ++held.calls;
        ++m_heldInAll;
        const auto fewer = [](const auto& a, const auto& b) {
            return a.second.cut != b.second.cut ? a.second.cut : a.second.calls < b.second.calls;
        };
        auto worst = m_held.end();
        if (held.calls > limits::kEndedCallsOfConnection)
            worst = m_held.find(peer);
        else if (m_heldInAll > limits::kEndedCalls)
            worst = std::max_element(m_held.begin(), m_held.end(), fewer);
        if (worst == m_held.end() || worst->second.cut) return;
        worst->second.cut = true;
        victim = worst->first;
    }
    cutPeer(victim, "calls that are taken back");
}

void Connections::gone(const std::string& peer) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_held.find(peer);
    if (at == m_held.end()) return;
    --m_heldInAll;
    if (--at->second.calls == 0) m_held.erase(at);
}

}  // namespace hashira::datastore

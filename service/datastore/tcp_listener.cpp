// SPDX-License-Identifier: MIT
#include "datastore/tcp_listener.h"

#include "base/acceptor_posix.h"
#include "base/descriptor_posix.h"
#include "datastore/limits.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace hashira::datastore {
namespace {

void set(int fd, int level, int option, int value) {
    static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

/// A listening socket, or -1. What is set of its own is inherited by its connections.
int listenAt(const sockaddr* address, socklen_t size) {
    const int fd = ::socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (address->sa_family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
#ifdef TCP_USER_TIMEOUT
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, limits::kKeepaliveTimeoutMs);
#endif
    if (makeNonBlockingAndOurs(fd) && ::bind(fd, address, size) == 0 &&
        ::listen(fd, SOMAXCONN) == 0)
        return fd;
    ::close(fd);
    return -1;
}

std::uint16_t portOf(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return ntohs(address.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                     : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

void setPort(sockaddr* address, std::uint16_t port) {
    if (address->sa_family == AF_INET6)
        reinterpret_cast<sockaddr_in6*>(address)->sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in*>(address)->sin_port = htons(port);
}

/// Sockets on all addresses of that name, on one port.
std::vector<int> listenAll(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const bool bracketed = host.size() > 1 && host.front() == '[';
    const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
    if (::getaddrinfo(name.c_str(), "0", &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
    std::vector<int> listening;
    for (const addrinfo* each = found; each; each = each->ai_next) {
        if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
        setPort(each->ai_addr, port);
        const int fd = listenAt(each->ai_addr, each->ai_addrlen);
        if (fd < 0) continue;
        listening.push_back(fd);
        if (port == 0) port = portOf(fd);
    }
    return listening;
}

}  // namespace

TcpListener::TcpListener(std::unique_ptr<Acceptor> acceptor, std::uint16_t port)
    : m_acceptor(std::move(acceptor)), m_port(port) {}

Result<std::unique_ptr<TcpListener>> TcpListener::open(const Endpoint& endpoint) {
    const Error busy{ErrorCode::kBusy, "cannot listen on " + endpoint.target() +
                                           ": another program listens there, or the address is "
                                           "not this machine's"};
    auto acceptor = Acceptor::make(limits::kSpareDescriptors);
    if (!acceptor) return acceptor.error();
    const bool wildcard = endpoint.host == "0.0.0.0" || endpoint.host == "[::]";
    auto listening = listenAll(wildcard ? "[::]" : endpoint.host, endpoint.port);
    // Without IPv6.
    if (listening.empty() && wildcard) listening = listenAll("0.0.0.0", endpoint.port);
    if (listening.empty()) return busy;
    for (const int fd : listening) (*acceptor)->add(fd);
    return std::unique_ptr<TcpListener>(
        new TcpListener(std::move(*acceptor), portOf(listening.front())));
}

std::uint64_t TcpListener::turnedAway() const {
    return m_acceptor->turnedAway();
}

void TcpListener::start(std::function<void(int fd)> accepted) {
    m_acceptor->start(std::move(accepted));
}

void TcpListener::stop() {
    m_acceptor->stop();
}

}  // namespace hashira::datastore

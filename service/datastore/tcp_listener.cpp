// SPDX-License-Identifier: MIT
#include "datastore/tcp_listener.h"

#include "base/descriptor_posix.h"
#include "datastore/limits.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <thread>
#include <vector>

namespace hashira::datastore {
namespace {

/// How long to let others close descriptors when there are none left at all.
constexpr int kNoDescriptorsMs = 100;

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

/// The lowest free number is the next descriptor's: so this one's tells how many there are.
bool leavesFew(int fd) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           static_cast<rlim_t>(fd) + limits::kSpareDescriptors >= limit.rlim_cur;
}

/// With a reset: the client learns of it at once, and nothing of it stays with the system.
void cut(int fd) {
    const linger none{1, 0};
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none));
    ::close(fd);
}

}  // namespace

struct TcpListener::Impl {
    ~Impl() {
        for (const pollfd& each : polled) ::close(each.fd);
        if (wake >= 0) ::close(wake);
    }

    std::vector<pollfd> polled;  ///< first what ends the thread, then the sockets
    int wake = -1;               ///< writing here ends it
    std::uint16_t port = 0;
    std::atomic<std::uint64_t> turnedAway = 0;
    std::function<void(int)> accepted;
    std::thread thread;

    void run();
    void acceptAll(int listening);
};

void TcpListener::Impl::acceptAll(int listening) {
    for (;;) {
#ifdef __linux__
        const int fd = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
        const int fd = ::accept(listening, nullptr, nullptr);
        if (fd >= 0 && !makeNonBlockingAndOurs(fd)) {
            ::close(fd);
            continue;
        }
#endif
        if (fd >= 0 && leavesFew(fd)) {
            ++turnedAway;
            cut(fd);
        } else if (fd >= 0) {
            accepted(fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            // Whoever comes stays in the queue, and poll would return at once for ever.
            static_cast<void>(::poll(polled.data(), 1, kNoDescriptorsMs));
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

void TcpListener::Impl::run() {
    for (;;) {
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        if (polled.front().revents != 0) return;
        for (std::size_t i = 1; i < polled.size(); ++i)
            if (polled[i].revents != 0) acceptAll(polled[i].fd);
    }
}

TcpListener::TcpListener(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

TcpListener::~TcpListener() {
    stop();
}

Result<std::unique_ptr<TcpListener>> TcpListener::open(const Endpoint& endpoint) {
    const Error busy{ErrorCode::kBusy, "cannot listen on " + endpoint.target() +
                                           ": another program listens there, or the address is "
                                           "not this machine's"};
    auto impl = std::make_unique<Impl>();
    int pipe[2];
    if (::pipe(pipe) != 0) return busy;
    impl->polled.push_back({pipe[0], POLLIN, 0});
    impl->wake = pipe[1];
    if (!makeNonBlockingAndOurs(pipe[0]) || !makeNonBlockingAndOurs(pipe[1])) return busy;
    const bool wildcard = endpoint.host == "0.0.0.0" || endpoint.host == "[::]";
    auto listening = listenAll(wildcard ? "[::]" : endpoint.host, endpoint.port);
    // Without IPv6.
    if (listening.empty() && wildcard) listening = listenAll("0.0.0.0", endpoint.port);
    if (listening.empty()) return busy;
    for (const int fd : listening) impl->polled.push_back({fd, POLLIN, 0});
    impl->port = portOf(listening.front());
    return std::unique_ptr<TcpListener>(new TcpListener(std::move(impl)));
}

std::uint16_t TcpListener::port() const {
    return m_impl->port;
}

std::uint64_t TcpListener::turnedAway() const {
    return m_impl->turnedAway;
}

void TcpListener::start(std::function<void(int fd)> accepted) {
    m_impl->accepted = std::move(accepted);
    m_impl->thread = std::thread([impl = m_impl.get()] { impl->run(); });
}

void TcpListener::stop() {
    if (!m_impl->thread.joinable()) return;
    const char byte = 1;
    while (::write(m_impl->wake, &byte, 1) < 0 && errno == EINTR) {
    }
    m_impl->thread.join();
}

}  // namespace hashira::datastore

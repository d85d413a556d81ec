// SPDX-License-Identifier: MIT
#include "base/acceptor_posix.h"

#include "base/descriptor_posix.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

namespace hashira {
namespace {

/// How long to let others close descriptors when there are none left at all.
constexpr int kNoDescriptorsMs = 100;

/// The lowest free number is the next descriptor's: so this one's tells how many there are.
bool leavesFew(int fd, int spare) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           static_cast<rlim_t>(fd) + static_cast<rlim_t>(spare) >= limit.rlim_cur;
}

/// With a reset, over TCP: the client learns of it at once, and nothing of it stays with the
/// system.
void cut(int fd) {
    const linger none{1, 0};
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none));
    ::close(fd);
}

}  // namespace

struct Acceptor::Impl {
    ~Impl() {
        for (const pollfd& each : polled) ::close(each.fd);
        if (wake >= 0) ::close(wake);
    }

    std::vector<pollfd> polled;  ///< first what ends the thread, then the sockets
    int wake = -1;               ///< writing here ends it
    int spare = 0;
    std::atomic<std::uint64_t> turnedAway = 0;
    std::function<void(int)> accepted;
    std::thread thread;

    void run();
    void acceptAll(int listening);
};

void Acceptor::Impl::acceptAll(int listening) {
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
        if (fd >= 0 && leavesFew(fd, spare)) {
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

void Acceptor::Impl::run() {
    for (;;) {
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        if (polled.front().revents != 0) return;
        for (std::size_t i = 1; i < polled.size(); ++i)
            if (polled[i].revents != 0) acceptAll(polled[i].fd);
    }
}

Acceptor::Acceptor(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Acceptor::~Acceptor() {
    stop();
}

Result<std::unique_ptr<Acceptor>> Acceptor::make(int spareDescriptors) {
    auto impl = std::make_unique<Impl>();
    impl->spare = spareDescriptors;
    int pipe[2];
    const auto failed = [] {
        return Error{ErrorCode::kPrecondition,
                     std::string("cannot make a pipe: ") + std::strerror(errno)};
    };
    if (::pipe(pipe) != 0) return failed();
    impl->polled.push_back({pipe[0], POLLIN, 0});
    impl->wake = pipe[1];
    if (!makeNonBlockingAndOurs(pipe[0]) || !makeNonBlockingAndOurs(pipe[1])) return failed();
    return std::unique_ptr<Acceptor>(new Acceptor(std::move(impl)));
}

void Acceptor::add(int listening) {
    m_impl->polled.push_back({listening, POLLIN, 0});
}

void Acceptor::start(std::function<void(int fd)> accepted) {
    m_impl->accepted = std::move(accepted);
    m_impl->thread = std::thread([impl = m_impl.get()] { impl->run(); });
}

void Acceptor::stop() {
    if (!m_impl->thread.joinable()) return;
    const char byte = 1;
    while (::write(m_impl->wake, &byte, 1) < 0 && errno == EINTR) {
    }
    m_impl->thread.join();
}

std::uint64_t Acceptor::turnedAway() const {
    return m_impl->turnedAway;
}

}  // namespace hashira

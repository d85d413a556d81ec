// SPDX-License-Identifier: MIT
#include "rpc/unix_listener.h"

#include "base/acceptor_posix.h"
#include "base/descriptor_posix.h"
#include "base/limits.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace hashira::rpc {
namespace {

constexpr int kBacklog = 128;

/// A descriptor that closes itself.
class Fd {
public:
    explicit Fd(int fd = -1) : m_fd(fd) {}
    ~Fd() {
        if (m_fd >= 0) ::close(m_fd);
    }
    Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    int get() const { return m_fd; }
    int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd;
};

Error failed(const std::string& what, int error) {
    const auto code =
        error == ENOSPC || error == EROFS ? ErrorCode::kDiskFull : ErrorCode::kPrecondition;
    return {code, what + ": " + std::strerror(error)};
}

bool isOurUser(int fd) {
#ifdef SO_PEERCRED
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
#else
    uid_t user = 0;
    gid_t group = 0;
    return ::getpeereid(fd, &user, &group) == 0 && user == ::geteuid();
#endif
}

std::string directoryOf(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Makes the socket's directory where it is missing, and refuses one in which others could put a
/// socket of their own.
Status prepareDirectory(const std::string& directory) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        if (errno == ENOENT)
            return Error{ErrorCode::kPrecondition,
                         "the directory above " + directory + " does not exist: create it first"};
        return failed("cannot create the socket's directory " + directory, errno);
    }
    struct stat info {};
    if (::stat(directory.c_str(), &info) != 0)
        return failed("cannot look at the socket's directory " + directory, errno);
    if (!S_ISDIR(info.st_mode))
        return Error{ErrorCode::kPrecondition, directory + " is not a directory"};
    if (info.st_uid != ::geteuid())
        return Error{ErrorCode::kPrecondition, "the socket's directory " + directory +
                                                   " belongs to another user: choose another one"};
    const bool open = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (info.st_mode & S_ISVTX) == 0;
    if (open)
        return Error{ErrorCode::kPrecondition, "other users can write to the socket's directory " +
                                                   directory + ": chmod 700 it"};
    return {};
}

/// Removes a dead daemon's socket.
Status clearPath(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return errno == ENOENT ? Status() : failed("cannot look at " + path, errno);
    if (!S_ISSOCK(info.st_mode))
        return Error{
            ErrorCode::kPrecondition,
            path + " is in the way and is not a socket: remove it, or choose another path"};
    if (::unlink(path.c_str()) != 0) return failed("cannot remove the old socket " + path, errno);
    return {};
}

Result<Fd> listenAt(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return invalid("the socket's path has " + std::to_string(path.size()) + " bytes, at most " +
                       std::to_string(sizeof address.sun_path - 1) +
                       " are possible: choose a shorter one (" + path + ")");
    std::memcpy(address.sun_path, path.data(), path.size());
    if (Status ready = prepareDirectory(directoryOf(path)); !ready) return ready.error();
    if (Status clear = clearPath(path); !clear) return clear.error();
    Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    if (fd.get() < 0 || !makeNonBlockingAndOurs(fd.get()))
        return failed("cannot make a socket", errno);
    // Nobody can connect before listen(): no moment in which the mode matters.
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return failed("cannot make the socket " + path, errno);
    if (::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), kBacklog) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        return failed("cannot listen on the socket " + path, error);
    }
    return fd;
}

}  // namespace

struct UnixListener::Impl {
    std::string path;
    std::unique_ptr<Acceptor> acceptor;
    dev_t device = 0;
    ino_t inode = 0;
};

UnixListener::UnixListener(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

UnixListener::~UnixListener() {
    stop();
}

Result<std::unique_ptr<UnixListener>> UnixListener::open(const std::string& path) {
    auto acceptor = Acceptor::make(limits::kSpareDescriptors);
    if (!acceptor) return acceptor.error();
    auto fd = listenAt(path);
    if (!fd) return fd.error();
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return failed("cannot look at the socket " + path, errno);
    (*acceptor)->add(fd->release());
    return std::unique_ptr<UnixListener>(new UnixListener(
        std::make_unique<Impl>(Impl{path, std::move(*acceptor), info.st_dev, info.st_ino})));
}

void UnixListener::start(std::function<void(int fd)> accepted) {
    m_impl->acceptor->start([accepted = std::move(accepted)](int fd) {
        if (isOurUser(fd))
            accepted(fd);
        else
            ::close(fd);
    });
}

void UnixListener::stop() {
    if (!m_impl) return;
    m_impl->acceptor->stop();
    struct stat info {};
    if (::lstat(m_impl->path.c_str(), &info) == 0 && info.st_dev == m_impl->device &&
        info.st_ino == m_impl->inode)
        ::unlink(m_impl->path.c_str());
    m_impl.reset();
}

}  // namespace hashira::rpc

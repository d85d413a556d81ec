// SPDX-License-Identifier: MIT
#include "daemon/data_dir.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#ifdef _WIN32
#include <QLockFile>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#endif

namespace hashira::daemon {
namespace {

Error heldBy(const std::string& path, const std::string& pid) {
    return {ErrorCode::kBusy, "the data directory " + path + " is in use by another daemon" +
                                  (pid.empty() ? "" : " (process " + pid + ")") +
                                  ": stop that one first, or choose another --data-dir"};
}

Status makeDirectory(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code problem;
    if (fs::is_directory(path, problem)) return {};
    fs::create_directories(path, problem);
    if (!problem) fs::permissions(path, fs::perms::owner_all, problem);
    if (!problem) return {};
    const bool full =
        problem == std::errc::no_space_on_device || problem == std::errc::read_only_file_system;
    return Error{full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
                 "cannot make the data directory " + path + ": " + problem.message()};
}

}  // namespace

#ifdef _WIN32

struct DataDir::Handle {
    explicit Handle(const QString& file) : lock(file) {}
    QLockFile lock;
};

Result<std::unique_ptr<DataDir>> DataDir::lock(const std::string& path) {
    if (const Status made = makeDirectory(path); !made) return made.error();
    auto handle = std::make_unique<Handle>(QString::fromStdString(path + "/lock"));
    handle->lock.setStaleLockTime(0);  // only a process that is gone makes a lock stale
    if (handle->lock.tryLock(0))
        return std::unique_ptr<DataDir>(new DataDir(path, std::move(handle)));
    if (handle->lock.error() != QLockFile::LockFailedError)
        return Error{ErrorCode::kPrecondition, "cannot lock the data directory " + path};
    qint64 pid = 0;
    QString host;
    QString program;
    const bool known = handle->lock.getLockInfo(&pid, &host, &program);
    return heldBy(path, known ? std::to_string(pid) : std::string());
}

bool isSocketAlive(const std::string&) {
    return false;
}

#else

struct DataDir::Handle {
    explicit Handle(int fd) : fd(fd) {}
    // The file stays: removing it could take the name away under somebody who waits for it.
    ~Handle() { ::close(fd); }
    const int fd;
};

namespace {

std::string readPid(int fd) {
    char text[32] = {};
    const ssize_t size = ::pread(fd, text, sizeof text, 0);
    std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    pid.erase(std::find_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }),
              pid.end());
    return pid;
}

}  // namespace

Result<std::unique_ptr<DataDir>> DataDir::lock(const std::string& path) {
    if (const Status made = makeDirectory(path); !made) return made.error();
    const std::string file = path + "/lock";
    const auto failed = [&] {
        const bool full = errno == ENOSPC || errno == EROFS || errno == EDQUOT;
        return Error{full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
                     "cannot lock the data directory: " + file + ": " + std::strerror(errno)};
    };
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return failed();
    auto handle = std::make_unique<Handle>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? heldBy(path, readPid(fd)) : failed();
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 ||
        ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return failed();
    return std::unique_ptr<DataDir>(new DataDir(path, std::move(handle)));
}

bool isSocketAlive(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return false;
    const bool alive =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return alive;
}

#endif

DataDir::DataDir(std::string path, std::unique_ptr<Handle> handle)
    : m_path(std::move(path)), m_handle(std::move(handle)) {}

DataDir::~DataDir() = default;

}  // namespace hashira::daemon

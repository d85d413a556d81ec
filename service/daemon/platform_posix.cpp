// SPDX-License-Identifier: MIT
#include "daemon/platform.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hashira::daemon {
namespace {

class Flock final : public FileLock {
public:
    explicit Flock(int fd) : m_fd(fd) {}
    // The file stays: removing it could take the name away under somebody who waits for it.
    ~Flock() override { ::close(m_fd); }

private:
    const int m_fd;
};

std::string readPid(int fd) {
    char text[32] = {};
    const ssize_t size = ::pread(fd, text, sizeof text, 0);
    std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    pid.erase(std::find_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }),
              pid.end());
    return pid;
}

#ifdef __GLIBC__
/// Lets go of the segments that nothing is written to: what is in them can be had from the file
/// again. Those with relocations are writable ones, also where the loader closed them since.
int leaveSegments(dl_phdr_info* object, std::size_t, void*) {
    const auto pageBytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t page = begin - begin % pageBytes;
        // It fails where the kernel has reasons of its own, as for its own pages: these stay.
        ::madvise(reinterpret_cast<void*>(page), begin + segment.p_memsz - page, MADV_DONTNEED);
    }
    return 0;
}
#endif

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::take(const std::string& path) {
    const auto failed = [&] {
        const bool full = errno == ENOSPC || errno == EROFS || errno == EDQUOT;
        return Error{full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
                     "cannot lock the data directory: " + path + ": " + std::strerror(errno)};
    };
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return failed();
    std::unique_ptr<FileLock> lock = std::make_unique<Flock>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? Error{ErrorCode::kBusy, readPid(fd)} : failed();
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 ||
        ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return failed();
    return lock;
}

void leaveUnusedMemory() {
#ifdef __GLIBC__
    ::malloc_trim(0);
    ::dl_iterate_phdr(leaveSegments, nullptr);
#endif
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

}  // namespace hashira::daemon

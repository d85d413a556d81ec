// SPDX-License-Identifier: MIT
#include "base/private_file.h"

#include "base/path.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hashira {
namespace {

Error failed(const std::filesystem::path& file, int error) {
    const bool full = error == ENOSPC || error == EROFS || error == EDQUOT;
    return {full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
            fromPath(file) + ": cannot be written: " + std::strerror(error)};
}

/// 0, or errno.
int writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

}  // namespace

Status writePrivateFile(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed(fresh, errno);
    const int fd =
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return failed(fresh, errno);
    const int problem = writeAll(fd, text);
    ::close(fd);
    if (problem != 0) return failed(fresh, problem);
    if (std::rename(fresh.c_str(), file.c_str()) != 0) return failed(file, errno);
    return {};
}

}  // namespace hashira

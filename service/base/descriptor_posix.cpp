// SPDX-License-Identifier: MIT
#include "base/descriptor_posix.h"

#include <fcntl.h>

namespace hashira {

bool makeNonBlockingAndOurs(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

}  // namespace hashira

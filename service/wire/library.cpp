// SPDX-License-Identifier: MIT
#include "wire/library.h"

#include <grpc/grpc.h>

#include <mutex>

namespace hashira::wire {

void keepLibrary() {
    static std::once_flag once;
    std::call_once(once, grpc_init);
}

}  // namespace hashira::wire

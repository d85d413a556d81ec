// SPDX-License-Identifier: MIT
#include "wire/library.h"

#include <absl/synchronization/mutex.h>
#include <grpc/grpc.h>

#include <mutex>

namespace hashira::wire {

void keepLibrary() {
    static std::once_flag once;
    std::call_once(once, [] {
        absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
        grpc_init();
    });
}

}  // namespace hashira::wire

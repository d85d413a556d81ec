// SPDX-License-Identifier: MIT
#include "wire/library.h"

#include "wire/library_timers.h"

#include <absl/synchronization/mutex.h>
#include <grpc/grpc.h>
#include <grpc/support/time.h>

#include <mutex>

#if defined(__ELF__)
#include <dlfcn.h>
// The program's own definition stands before the library's, for the library too.
#define HASHIRA_QUEUE_NEXT grpc_completion_queue_next
#elif defined(_WIN32)
// The linker puts the one in the place of the other: `--wrap` in CMakeLists.txt.
#define HASHIRA_QUEUE_NEXT __wrap_grpc_completion_queue_next
extern "C" grpc_event __real_grpc_completion_queue_next(grpc_completion_queue* queue,
                                                        gpr_timespec deadline, void* reserved);
#endif

namespace hashira::wire {

void keepLibrary() {
    static std::once_flag once;
    std::call_once(once, [] {
        keepTimers();
        absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
        grpc_init();
    });
}

}  // namespace hashira::wire

#ifdef HASHIRA_QUEUE_NEXT
namespace {

grpc_event librarysNext(grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
#ifdef _WIN32
    return __real_grpc_completion_queue_next(queue, deadline, reserved);
#else
    static const auto next = reinterpret_cast<decltype(&grpc_completion_queue_next)>(
        dlsym(RTLD_NEXT, "grpc_completion_queue_next"));
    return next(queue, deadline, reserved);
#endif
}

/// gRPC's threads for callbacks give a second; what polls, or waits for longer, means it.
constexpr double kShortestMs = 900;
constexpr double kLongestMs = 1'000;

}  // namespace

/// See keepLibrary().
extern "C" __attribute__((visibility("default"))) grpc_event HASHIRA_QUEUE_NEXT(
    grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
    const double ms =
        gpr_timespec_to_micros(gpr_time_sub(deadline, gpr_now(deadline.clock_type))) / 1'000;
    if (ms > kShortestMs && ms <= kLongestMs) deadline = gpr_inf_future(deadline.clock_type);
    return librarysNext(queue, deadline, reserved);
}
#endif

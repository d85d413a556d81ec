// SPDX-License-Identifier: MIT
//
// Tells ThreadSanitizer of the orders that gRPC keeps, and keeps Qt from misleading it. gRPC and
// abseil are not instrumented: TSan sees neither abseil's locks nor that an operation begins before
// it completes, would take correct code for races, and a suppression of these would hide real ones.
// This library stands in front of theirs in the tsan preset and adds those edges, each on the
// object that orders: none is invented between calls, so that a race of two handlers still shows
// (planted_race.cpp). No suppression is left.
//
// The mangled names are Debian 12's. Where they are others nothing calls these functions, and TSan
// reports what it did without.
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/byte_buffer.h>
#include <sanitizer/tsan_interface.h>
#include <sched.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

template <typename Function>
Function original(Function, const char* name) {
    const auto found = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    if (found) return found;
    std::fprintf(stderr, "tsan_grpc: no %s behind this library: is it linked before gRPC?\n", name);
    std::abort();
}

}  // namespace

// The handlers with which libgrpc++ answers health checks and unknown methods, compiled here with
// TSan from the templates of its headers. The loader takes these for the library's own, whose count
// of what a call still waits for TSan would not see, while it sees what the interceptors do to the
// same call: that comes out of the headers too, into our programs.
namespace grpc::internal {
template class CallbackUnaryHandler<ByteBuffer, ByteBuffer>;
template class CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>;
template class CallbackBidiHandler<ByteBuffer, ByteBuffer>;
}  // namespace grpc::internal

// The names are reserved ones: they are another library's.
#define HASHIRA_NEXT(function) original(&function, #function)

extern "C" {

// absl::Mutex: gRPC's gpr_mu and all of its own locks.
void _ZN4absl7debian35Mutex4LockEv(void* mutex) {
    static const auto next = HASHIRA_NEXT(_ZN4absl7debian35Mutex4LockEv);
    next(mutex);
    __tsan_acquire(mutex);
}

bool _ZN4absl7debian35Mutex7TryLockEv(void* mutex) {
    static const auto next = HASHIRA_NEXT(_ZN4absl7debian35Mutex7TryLockEv);
    const bool locked = next(mutex);
    if (locked) __tsan_acquire(mutex);
    return locked;
}

void _ZN4absl7debian35Mutex6UnlockEv(void* mutex) {
    static const auto next = HASHIRA_NEXT(_ZN4absl7debian35Mutex6UnlockEv);
    __tsan_release(mutex);
    next(mutex);
}

// absl::CondVar gives its mutex back while it waits.
void _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE(void* condition, void* mutex) {
    static const auto next = HASHIRA_NEXT(_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE);
    __tsan_release(mutex);
    next(condition, mutex);
    __tsan_acquire(mutex);
}

/// absl::Time and absl::Duration, as they are passed.
struct AbslTime {
    std::int64_t high;
    std::uint32_t low;
};

bool _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE(void* condition, void* mutex,
                                                                       AbslTime deadline) {
    static const auto next =
        HASHIRA_NEXT(_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE);
    __tsan_release(mutex);
    const bool expired = next(condition, mutex, deadline);
    __tsan_acquire(mutex);
    return expired;
}

bool _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE(void* condition,
                                                                          void* mutex,
                                                                          AbslTime timeout) {
    static const auto next =
        HASHIRA_NEXT(_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE);
    __tsan_release(mutex);
    const bool expired = next(condition, mutex, timeout);
    __tsan_acquire(mutex);
    return expired;
}

// A batch of operations: what was done before it is started is seen by whoever is told of its end.
grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* operations, std::size_t count,
                                      void* tag, void* reserved) {
    static const auto next = HASHIRA_NEXT(grpc_call_start_batch);
    __tsan_release(tag);
    return next(call, operations, count, tag, reserved);
}

// Any operation's end, also of one that was not a batch: a new call, whose request object a thread
// of gRPC makes and another one takes up. The status is passed by reference, as it has a
// destructor.
void _Z14grpc_cq_end_opP21grpc_completion_queuePvN4absl7debian36StatusEPFvS1_P18grpc_cq_completionES1_S6_b(
    void* queue, void* tag, void* status, void* done, void* argument, void* storage,
    bool internal) {
    static const auto next = HASHIRA_NEXT(
        _Z14grpc_cq_end_opP21grpc_completion_queuePvN4absl7debian36StatusEPFvS1_P18grpc_cq_completionES1_S6_b);
    __tsan_release(tag);
    next(queue, tag, status, done, argument, storage, internal);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                      void* reserved) {
    static const auto next = HASHIRA_NEXT(grpc_completion_queue_next);
    const grpc_event event = next(queue, deadline, reserved);
    if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
    return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                       gpr_timespec deadline, void* reserved) {
    static const auto next = HASHIRA_NEXT(grpc_completion_queue_pluck);
    const grpc_event event = next(queue, tag, deadline, reserved);
    if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(tag);
    return event;
}

// grpc::internal::ServerCallbackCall counts down what must come before OnCancel and before OnDone,
// in two atomic ints behind its vptr, partly in our code and partly in its own.
void _ZN4grpc8internal18ServerCallbackCall12CallOnCancelEPNS0_13ServerReactorE(char* call,
                                                                               void* reactor) {
    static const auto next =
        HASHIRA_NEXT(_ZN4grpc8internal18ServerCallbackCall12CallOnCancelEPNS0_13ServerReactorE);
    __tsan_acquire(call + sizeof(void*));
    next(call, reactor);
}

void _ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb(char* call, bool inlineable) {
    static const auto next = HASHIRA_NEXT(_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb);
    __tsan_acquire(call + sizeof(void*) + sizeof(int));
    next(call, inlineable);
}

// grpc::Server counts its calls down, each when all of it is destroyed, interceptors too. Who shuts
// it down waits for none to be left; only the last one takes a lock for it.
void _ZN4grpc6Server23UnrefWithPossibleNotifyEv(void* server) {
    static const auto next = HASHIRA_NEXT(_ZN4grpc6Server23UnrefWithPossibleNotifyEv);
    __tsan_release(server);
    next(server);
}

void _ZN4grpc6Server18UnrefAndWaitLockedEv(void* server) {
    static const auto next = HASHIRA_NEXT(_ZN4grpc6Server18UnrefAndWaitLockedEv);
    next(server);
    __tsan_acquire(server);
}

// QProcess starts programs as vfork does: the child runs in our memory until it has become the
// program, and what TSan notes of it is noted of our thread, of which it then misses locks and
// signals. As fork does, it is a child of its own.
int clone(int (*run)(void*), void* stack, int flags, void* argument, ...) {
    static const auto next = HASHIRA_NEXT(clone);
    va_list more;
    va_start(more, argument);
    auto* const first = va_arg(more, void*);
    auto* const second = va_arg(more, void*);
    auto* const third = va_arg(more, void*);
    va_end(more);
    if ((flags & CLONE_VFORK) != 0) flags &= ~(CLONE_VM | CLONE_VFORK);
    return next(run, stack, flags, argument, first, second, third);
}

}  // extern "C"

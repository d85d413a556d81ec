// SPDX-License-Identifier: MIT
#include "wire/library_timers.h"

#if defined(__ELF__)
#include "wire/timer_book.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include <dlfcn.h>

// gRPC's own functions, of which no header is installed; the program's stand before them, for gRPC
// too. That they are the ones of gRPC 1.51 is in their names: with other parameters they have
// others, and nothing calls ours. A time is a class of one int64, the process's milliseconds.

namespace {

using hashira::wire::TimerBook;
using Wake = void();
using WakeManager = void(void* manager);

template <typename Function>
Function* behind(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// The timers of the older of gRPC's two engines, which are nearly all.
struct Timers {
    Wake* const wake = behind<Wake>("_Z16grpc_kick_pollerv");
    /// Has the next check look at all lists, not at what its thread remembers of the last.
    Wake* const lookAfresh = behind<Wake>("_Z23grpc_timer_consume_kickv");
    const bool usable = wake && lookAfresh;
    TimerBook book;
};

/// Those of the newer one. Each manager has one thread.
struct ManagedTimers {
    struct Manager {
        TimerBook book;
        std::uint64_t mark = 0;  ///< the thread's
    };

    WakeManager* const wake =
        behind<WakeManager>("_ZN17grpc_event_engine12posix_engine12TimerManager4KickEv");

    std::shared_ptr<Manager> of(const void* manager) {
        const std::lock_guard lock(m_mutex);
        auto& known = m_managers[manager];
        if (!known) known = std::make_shared<Manager>();
        return known;
    }

    void forget(const void* manager) {
        const std::lock_guard lock(m_mutex);
        m_managers.erase(manager);
    }

private:
    std::mutex m_mutex;
    std::map<const void*, std::shared_ptr<Manager>> m_managers;
};

// Both outlive gRPC's threads, which end after all statics.
Timers& timers() {
    static Timers& kept = *new Timers;
    return kept;
}

ManagedTimers& managedTimers() {
    static ManagedTimers& kept = *new ManagedTimers;
    return kept;
}

}  // namespace

#define HASHIRA_NEXT(function) behind<decltype(function)>(#function)
#pragma GCC visibility push(default)
extern "C" {

/// grpc_timer_init()
void _Z15grpc_timer_initP10grpc_timerN9grpc_core9TimestampEP12grpc_closure(void* timer,
                                                                           std::int64_t due,
                                                                           void* closure) {
    static const auto next =
        HASHIRA_NEXT(_Z15grpc_timer_initP10grpc_timerN9grpc_core9TimestampEP12grpc_closure);
    next(timer, due, closure);
    if (timers().usable && timers().book.add(timer, due)) timers().wake();
}

/// grpc_timer_cancel()
void _Z17grpc_timer_cancelP10grpc_timer(void* timer) {
    static const auto next = HASHIRA_NEXT(_Z17grpc_timer_cancelP10grpc_timer);
    timers().book.remove(timer);
    next(timer);
}

/// grpc_timer_check(): runs what is due. @return 1: there was nothing, and `first` is when to look
/// again
int _Z16grpc_timer_checkPN9grpc_core9TimestampE(std::int64_t* first) {
    static const auto next = HASHIRA_NEXT(_Z16grpc_timer_checkPN9grpc_core9TimestampE);
    if (!timers().usable || !first) return next(first);
    const std::uint64_t mark = timers().book.mark();
    timers().lookAfresh();
    const int result = next(first);
    if (result == 1) *first = timers().book.sleepUntil(*first, mark);
    return result;
}

/// gpr_global_config_get_grpc_client_channel_backup_poll_interval_ms(): 0 is never. It has a timer
/// look every 5 s at connections that no call waits on; a link of ours holds Watch, or is let go
/// of.
std::int32_t _Z65gpr_global_config_get_grpc_client_channel_backup_poll_interval_msv() {
    return 0;
}

/// TimerManager::TimerInit()
void _ZN17grpc_event_engine12posix_engine12TimerManager9TimerInitEPNS0_5TimerEN9grpc_core9TimestampEPNS_12experimental11EventEngine7ClosureE(
    void* manager, void* timer, std::int64_t due, void* closure) {
    static const auto next = HASHIRA_NEXT(
        _ZN17grpc_event_engine12posix_engine12TimerManager9TimerInitEPNS0_5TimerEN9grpc_core9TimestampEPNS_12experimental11EventEngine7ClosureE);
    next(manager, timer, due, closure);
    ManagedTimers& managed = managedTimers();
    if (managed.wake && managed.of(manager)->book.add(timer, due)) managed.wake(manager);
}

/// TimerManager::TimerCancel()
bool _ZN17grpc_event_engine12posix_engine12TimerManager11TimerCancelEPNS0_5TimerE(void* manager,
                                                                                  void* timer) {
    static const auto next =
        HASHIRA_NEXT(_ZN17grpc_event_engine12posix_engine12TimerManager11TimerCancelEPNS0_5TimerE);
    managedTimers().of(manager)->book.remove(timer);
    return next(manager, timer);
}

/// TimerManager::WaitUntil(): the manager's thread, when nothing was due.
bool _ZN17grpc_event_engine12posix_engine12TimerManager9WaitUntilEN9grpc_core9TimestampE(
    void* manager, std::int64_t first) {
    static const auto next = HASHIRA_NEXT(
        _ZN17grpc_event_engine12posix_engine12TimerManager9WaitUntilEN9grpc_core9TimestampE);
    if (!managedTimers().wake) return next(manager, first);
    const auto known = managedTimers().of(manager);
    const bool more = next(manager, known->book.sleepUntil(first, known->mark));
    known->mark = known->book.mark();
    return more;
}

/// TimerManager::Shutdown(): joins the thread.
void _ZN17grpc_event_engine12posix_engine12TimerManager8ShutdownEv(void* manager) {
    static const auto next =
        HASHIRA_NEXT(_ZN17grpc_event_engine12posix_engine12TimerManager8ShutdownEv);
    next(manager);
    managedTimers().forget(manager);
}

}  // extern "C"
#pragma GCC visibility pop

namespace hashira::wire {

void keepTimers() {
    timers();
    managedTimers();
}

}  // namespace hashira::wire
#else
void hashira::wire::keepTimers() {}
#endif

// SPDX-License-Identifier: MIT
#include "signals.h"

#ifdef _WIN32
#include <windows.h>
#else
#include "base/signals_posix.h"

#include <csignal>
#include <ctime>
#endif

namespace hashira::app {

#ifdef _WIN32
namespace {

HANDLE endEvent() {
    static const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    return event;
}

BOOL WINAPI onConsole(DWORD) {
    SetEvent(endEvent());
    return TRUE;
}

}  // namespace

void holdSignals() {
    SetConsoleCtrlHandler(onConsole, TRUE);
}

Signal waitForSignal(std::chrono::milliseconds limit) {
    const auto ms = static_cast<DWORD>(limit.count());
    return WaitForSingleObject(endEvent(), ms) == WAIT_OBJECT_0 ? Signal::kEnd : Signal::kNone;
}
#else
namespace {

sigset_t heldSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    return signals;
}

}  // namespace

void holdSignals() {
    const sigset_t signals = heldSignals();
    // Threads inherit the mask: the signals stay for waitForSignal().
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    takeWriteSignalsAsErrors();
}

Signal waitForSignal(std::chrono::milliseconds limit) {
    const sigset_t signals = heldSignals();
    std::timespec time{};
    time.tv_sec = static_cast<std::time_t>(limit.count() / 1'000);
    time.tv_nsec = static_cast<long>(limit.count() % 1'000) * 1'000'000;
#ifdef __APPLE__
    // It has no sigtimedwait().
    sigset_t pending;
    int number = 0;
    const auto isPending = [&] {
        sigpending(&pending);
        return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) ||
               sigismember(&pending, SIGHUP);
    };
    if (!isPending()) nanosleep(&time, nullptr);
    if (!isPending() || sigwait(&signals, &number) != 0) return Signal::kNone;
#else
    const int number = sigtimedwait(&signals, nullptr, &time);
    if (number < 0) return Signal::kNone;
#endif
    return number == SIGHUP ? Signal::kReload : Signal::kEnd;
}
#endif

}  // namespace hashira::app

// SPDX-License-Identifier: MIT
#include "wait_for_end.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <csignal>
#endif

namespace hashira::app {

#ifdef _WIN32
namespace {

HANDLE endEvent() {
    static const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    return event;
}

BOOL WINAPI onConsole(DWORD) {
    SetEvent(endEvent());
    return TRUE;
}

}  // namespace

void holdEnd() {
    SetConsoleCtrlHandler(onConsole, TRUE);
}

void waitForEnd() {
    WaitForSingleObject(endEvent(), INFINITE);
}
#else
namespace {

sigset_t endSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

}  // namespace

void holdEnd() {
    const sigset_t signals = endSignals();
    // Threads inherit the mask: the signals stay for waitForEnd().
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
}

void waitForEnd() {
    const sigset_t signals = endSignals();
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) {
    }
}
#endif

}  // namespace hashira::app

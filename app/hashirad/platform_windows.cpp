// SPDX-License-Identifier: MIT
#include "platform.h"

#include "base/windows_system.h"

#include <QCoreApplication>

#include <cstdio>
#include <utility>

namespace hashirad {
namespace {

/// The system ends the process when the handler of a closing session returns: it has 5 s at most.
constexpr DWORD kClosingMs = 4'500;

std::function<void()> stopping;
bool attached = false;  ///< to the terminal of whoever started us

/// A program with windows gets no terminal by itself, but what it was redirected to.
bool isRedirected(DWORD stream) {
    const HANDLE handle = GetStdHandle(stream);
    return handle != nullptr && handle != INVALID_HANDLE_VALUE;
}

BOOL WINAPI onConsoleEvent(DWORD event) {
    // On a thread of the system's; the event loop takes it.
    QMetaObject::invokeMethod(QCoreApplication::instance(), stopping, Qt::QueuedConnection);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) Sleep(kClosingMs);
    return TRUE;
}

}  // namespace

void prepareProcess() {
    const bool out = isRedirected(STD_OUTPUT_HANDLE);
    const bool err = isRedirected(STD_ERROR_HANDLE);
    if ((out && err) || !AttachConsole(ATTACH_PARENT_PROCESS)) return;
    attached = true;
    if (!out) std::freopen("CONOUT$", "w", stdout);
    if (!err) std::freopen("CONOUT$", "w", stderr);
    SetConsoleOutputCP(CP_UTF8);
}

void leaveTerminal() {
    if (std::exchange(attached, false)) FreeConsole();
}

void onStopSignal(std::function<void()> stop) {
    stopping = std::move(stop);
    SetConsoleCtrlHandler(onConsoleEvent, TRUE);
}

std::string defaultListen(const std::string&) {
    return "tcp:127.0.0.1:0";
}

bool hasHome() {
    return true;
}

}  // namespace hashirad

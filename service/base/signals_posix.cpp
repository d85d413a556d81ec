// SPDX-License-Identifier: MIT
#include "base/signals_posix.h"

#include "base/descriptor_posix.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace hashira {
namespace {

int writeEnds[NSIG];  // by signal; a handler can reach nothing but what is global

void wake(int signal) {
    const int error = errno;
    const char byte = 0;
    // A full pipe has woken us already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnds[signal], &byte, 1);
    errno = error;
}

}  // namespace

void onSignals(std::initializer_list<int> signals, std::function<void()> act) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    for (const int fd : ends) static_cast<void>(makeNonBlockingAndOurs(fd));
    auto* notifier =
        new QSocketNotifier(ends[0], QSocketNotifier::Read, QCoreApplication::instance());
    QObject::connect(notifier, &QSocketNotifier::activated, notifier,
                     [fd = ends[0], act = std::move(act)] {
                         char bytes[64];
                         while (::read(fd, bytes, sizeof bytes) > 0) {
                         }
                         act();
                     });
    struct sigaction action {};
    action.sa_handler = wake;
    action.sa_flags = SA_RESTART;
    for (const int signal : signals) {
        writeEnds[signal] = ends[1];
        ::sigaction(signal, &action, nullptr);
    }
}

void takeWriteSignalsAsErrors() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace hashira

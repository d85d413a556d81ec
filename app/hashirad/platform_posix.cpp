// SPDX-License-Identifier: MIT
#include "platform.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QString>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace hashirad {
namespace {

int writeEnd = -1;  // a handler can reach nothing but what is global

void wake(int) {
    const int error = errno;
    const char byte = 0;
    // A full pipe has woken us already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnd, &byte, 1);
    errno = error;
}

}  // namespace

void onStopSignal(std::function<void()> stop) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    for (const int fd : ends) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    writeEnd = ends[1];
    auto* notifier =
        new QSocketNotifier(ends[0], QSocketNotifier::Read, QCoreApplication::instance());
    QObject::connect(notifier, &QSocketNotifier::activated, notifier,
                     [notifier, stop = std::move(stop)] {
                         notifier->setEnabled(false);
                         stop();
                     });
    struct sigaction action {};
    action.sa_handler = wake;
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGTERM, SIGINT}) ::sigaction(number, &action, nullptr);
    // A reader of our one line may have gone away.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
}

void prepareProcess() {
    ::umask(0077);  // a person's tasks are nobody else's to read
}

void leaveTerminal() {}

std::string defaultListen(const std::string& dataDir) {
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return "unix:" + (runtime.isEmpty() ? dataDir + "/run/daemon.sock"
                                        : runtime.toStdString() + "/hashira/daemon.sock");
}

bool hasHome() {
    return !qEnvironmentVariableIsEmpty("HOME") || !qEnvironmentVariableIsEmpty("XDG_DATA_HOME");
}

}  // namespace hashirad

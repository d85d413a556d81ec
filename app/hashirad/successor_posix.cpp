// SPDX-License-Identifier: MIT
#include "successor.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QSocketNotifier>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

namespace hashirad {
namespace {

/// How long the new program may take to say its version, on a machine that is being upgraded.
constexpr int kTrialMs = 10'000;

int writeEnd = -1;  // a handler can reach nothing but what is global

void wake(int) {
    const int error = errno;
    const char byte = 0;
    // A full pipe has woken us already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnd, &byte, 1);
    errno = error;
}

/// What was opened without O_CLOEXEC, by whichever library, must not live on in the successor.
void closeAllOnExec() {
    // Sockets and pipes are System to Qt.
    const auto kinds = QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot;
    for (const QString& name : QDir(QStringLiteral("/dev/fd")).entryList(kinds)) {
        bool number = false;
        const int fd = name.toInt(&number);
        if (number && fd > STDERR_FILENO) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
}

}  // namespace

Successor::Successor(std::vector<std::string> arguments, QString program)
    : m_arguments(std::move(arguments)), m_program(std::move(program)) {}

bool Successor::runs() const {
    QProcess trial;
    trial.setProcessChannelMode(QProcess::MergedChannels);
    trial.start(m_program, {QStringLiteral("--version")});
    if (trial.waitForFinished(kTrialMs) && trial.exitStatus() == QProcess::NormalExit &&
        trial.exitCode() == 0)
        return true;
    std::fprintf(stderr,
                 "hashirad: told to begin anew, but %s does not run: going on as it is. %s%s\n",
                 m_program.toLocal8Bit().constData(), trial.errorString().toUtf8().constData(),
                 trial.readAll().constData());
    return false;
}

void Successor::onCall(std::function<void()> leave) {
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
                     [this, fd = ends[0], leave = std::move(leave)] {
                         char bytes[64];
                         while (::read(fd, bytes, sizeof bytes) > 0) {
                         }
                         if (m_called || m_cancelled || !runs()) return;
                         m_called = true;
                         leave();
                     });
    struct sigaction action {};
    action.sa_handler = wake;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, nullptr);
}

int Successor::begin() {
    std::vector<char*> argv;
    for (std::string& argument : m_arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    closeAllOnExec();
    std::signal(SIGUSR1, SIG_IGN);  // until the successor listens, another call means the same
    ::execv(m_program.toLocal8Bit().constData(), argv.data());
    std::fprintf(stderr, "hashirad: cannot begin anew with %s: %s\n",
                 m_program.toLocal8Bit().constData(), std::strerror(errno));
    return 1;
}

}  // namespace hashirad

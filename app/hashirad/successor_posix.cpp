// SPDX-License-Identifier: MIT
#include "successor.h"

#include "base/signals_posix.h"

#include <QDir>
#include <QProcess>

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
    hashira::onSignals({SIGUSR1}, [this, leave = std::move(leave)] {
        if (m_called || m_cancelled || !runs()) return;
        m_called = true;
        leave();
    });
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

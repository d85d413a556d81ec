// SPDX-License-Identifier: MIT
#include "daemon_starter.h"

#include "texts.h"

#include <QCoreApplication>
#include <QProcess>
#include <QStandardPaths>

namespace hashira::board {

QString daemonProgram() {
    const QString name = QStringLiteral("hashirad");
    const QString beside =
        QStandardPaths::findExecutable(name, {QCoreApplication::applicationDirPath()});
    return beside.isEmpty() ? QStandardPaths::findExecutable(name) : beside;
}

QString startDaemon(const QString& listen) {
    QProcess daemon;
    daemon.setProgram(daemonProgram());
    if (daemon.program().isEmpty())
        return Texts::tr(
            "The program hashirad, which keeps the tasks, was not found beside "
            "hashira-board or in PATH. Install it, or start it by yourself.");
    if (!listen.isEmpty()) daemon.setArguments({QStringLiteral("--listen"), listen});
    // What it says is for its own log; ours ends with us.
    daemon.setStandardInputFile(QProcess::nullDevice());
    daemon.setStandardOutputFile(QProcess::nullDevice());
    daemon.setStandardErrorFile(QProcess::nullDevice());
    if (daemon.startDetached()) return {};
    return Texts::tr("%1 could not be started.").arg(daemon.program());
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "board_program.h"

#include <QCoreApplication>
#include <QProcess>
#include <QStandardPaths>

namespace hashirad {

QString boardProgram() {
    return QStandardPaths::findExecutable(QStringLiteral("hashira-board"),
                                          {QCoreApplication::applicationDirPath()});
}

hashira::Status startBoard(const std::string& endpoint, const std::string& dataDir,
                           const QStringList& more) {
    const QString program = boardProgram();
    if (program.isEmpty())
        return hashira::Error{hashira::ErrorCode::kNotFound,
                              "the board, hashira-board, is not installed beside hashirad"};
    QStringList arguments{QStringLiteral("--socket"), QString::fromStdString(endpoint)};
    if (endpoint.starts_with("tcp:"))
        arguments << QStringLiteral("--local-token-file")
                  << QString::fromStdString(dataDir + "/local-token");
    QProcess board;
    board.setProgram(program);
    board.setArguments(arguments + more);
    // Whoever reads what we say must not wait for the board's end.
    board.setStandardInputFile(QProcess::nullDevice());
    board.setStandardOutputFile(QProcess::nullDevice());
    board.setStandardErrorFile(QProcess::nullDevice());
    if (board.startDetached()) return {};
    return hashira::Error{hashira::ErrorCode::kPrecondition,
                          "the board cannot be started: " + program.toStdString()};
}

}  // namespace hashirad

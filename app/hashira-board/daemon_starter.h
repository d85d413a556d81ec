// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

namespace hashira::board {

/// hashirad beside this program, else in PATH; empty: there is none.
QString daemonProgram();

/// Starts it, detached, so that it goes on when the board is closed. It takes its tray along where
/// there is one. `listen`: the endpoint where it was asked for, or empty. Returns what went wrong,
/// in words, or nothing.
QString startDaemon(const QString& listen);

}  // namespace hashira::board

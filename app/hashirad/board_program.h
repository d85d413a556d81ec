// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QStringList>

#include <string>

namespace hashirad {

/// The board's program, or nothing where it is not installed.
QString boardProgram();

/// Starts the board of the daemon at that endpoint with that data directory, as a process of its
/// own; `more`: its further options. The board sees to it that there is one of it.
hashira::Status startBoard(const std::string& endpoint, const std::string& dataDir,
                           const QStringList& more = {});

}  // namespace hashirad

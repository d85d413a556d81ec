// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/daemon.h"
#include "wishes.h"

#include <QStringList>

namespace hashirad {

/// What the command line, the environment and the settings file ask for.
struct Options {
    bool headless = false;
    bool help = false;
    bool version = false;
    hashira::daemon::Settings settings;
    Wishes wishes;  ///< settings has the first two as well
    WishesFixed fixed;
    /// The options of this start, for a start that means the same from any directory.
    QStringList again;
};

/// Reads them, the options winning over HASHIRA_* over the settings file. kInvalid is wrong usage
/// (exit code 2); all else is a file that cannot be read (exit code 1).
hashira::Result<Options> readOptions(const QStringList& arguments);

/// What --help prints.
QString helpText();

}  // namespace hashirad

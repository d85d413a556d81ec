// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "frontend/endpoint.h"

#include <QStringList>

namespace hashira::board {

struct Options {
    bool help = false;
    bool version = false;
    bool rejected = false;  ///< open the list of refused changes
    frontend::Endpoint endpoint;
    QString listen;     ///< the endpoint where it was asked for, or empty: the daemon's own default
    QString directory;  ///< where programs of this user meet
    QString noted;      ///< the file for what the board notes from one start to the next
};

/// Options, environment and defaults; kInvalid: wrong usage.
Result<Options> readOptions(const QStringList& arguments);
QString helpText();

}  // namespace hashira::board

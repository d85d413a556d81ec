// SPDX-License-Identifier: MIT
#pragma once

#include "model/front.h"

#include <QString>

#include <vector>

namespace hashirad::tray {

/// Where a problem is dealt with.
enum class Remedy {
    kRead,      ///< its text says what to do
    kRejected,  ///< the board's list of refused changes
    kSignIn,    ///< the sign-in window
    kSync,      ///< try again now
};

/// Something that a person must deal with.
struct Problem {
    QString key;    ///< one for each kind; what is told once under a key is not told again
    QString title;  ///< a few words
    QString text;   ///< what is wrong and what to do
    Remedy remedy = Remedy::kRead;
    bool operator==(const Problem&) const = default;
};

/// What is wrong now, the most urgent first. Being offline or paused is not wrong.
std::vector<Problem> problemsOf(const hashira::front::Status& status);

/// The warning that we stand for ourselves where no desktop shows icons.
QString noTrayIcon();

/// What the button says that leads to where it is dealt with; empty for kRead.
QString remedyText(Remedy remedy);

}  // namespace hashirad::tray

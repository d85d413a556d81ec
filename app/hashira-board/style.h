// SPDX-License-Identifier: MIT
#pragma once

#include "look.h"

#include <QString>

namespace hashira::board {

/// How lines to type in, buttons and scroll bars of the window look: the colours are the look's.
QString styleOf(const Look& look);

}  // namespace hashira::board

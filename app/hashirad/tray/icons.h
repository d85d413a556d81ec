// SPDX-License-Identifier: MIT
#pragma once

#include "words.h"

#include <QIcon>

namespace hashirad::tray {

/// The icon of a look, drawn for every size that a tray asks for. It has a ground of its own, so
/// that it can be read on light and on dark panels.
QIcon iconOf(Look look);

}  // namespace hashirad::tray

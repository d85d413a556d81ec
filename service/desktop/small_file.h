// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

namespace hashira::desktop {

/// More than any of the desktop's files that are read here has: a larger one is read up to it.
inline constexpr qint64 kSmallFileBytes = 64 * 1024;

/// Replaces it at once, with its directories where they are missing.
Status writeSmallFile(const QString& path, const QByteArray& content);
/// Success too where there is none.
Status removeSmallFile(const QString& path);

}  // namespace hashira::desktop

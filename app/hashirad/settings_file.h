// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

namespace hashirad {

/// Where the settings file is, whether it is there or not: `key=value` lines, as QSettings reads
/// them.
QString settingsFile();

/// The text of a settings file with one key set. All else stays as a person wrote it, comments too,
/// which QSettings would drop.
QByteArray withSetting(const QByteArray& text, const QByteArray& key, const QByteArray& value);

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

class QCoreApplication;

/// What our windows say in the person's language.
namespace hashira::translations {

/// From now on texts of `program` ("board", "tray"), and Qt's own, are in the language of the
/// desktop, where there is a translation. Call once the application is made and before texts are.
void install(QCoreApplication& application, const QString& program);

}  // namespace hashira::translations

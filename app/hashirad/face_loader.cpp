// SPDX-License-Identifier: MIT
#include "face_loader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPluginLoader>

namespace hashirad {

using hashira::Error;
using hashira::ErrorCode;

hashira::Result<Face*> loadFace() {
    const QString here = QCoreApplication::applicationDirPath();
    const QString name = QStringLiteral("/" HASHIRA_TRAY_FILE);
    for (const QString& directory : {here, here + QStringLiteral("/" HASHIRA_PLUGIN_DIR)}) {
        if (!QFileInfo::exists(directory + name)) continue;
        QPluginLoader loader(directory + name);
        if (auto* face = qobject_cast<Face*>(loader.instance())) return face;
        const QString why =
            loader.isLoaded() ? QStringLiteral("it is of another version") : loader.errorString();
        return Error{ErrorCode::kPrecondition, "the tray icon's plugin " +
                                                   loader.fileName().toStdString() +
                                                   " cannot be used: " + why.toStdString()};
    }
    return Error{ErrorCode::kNotFound,
                 "the tray icon's plugin, " HASHIRA_TRAY_FILE ", is not installed"};
}

}  // namespace hashirad

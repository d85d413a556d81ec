// SPDX-License-Identifier: MIT
#include "plugin_loader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPluginLoader>

namespace hashirad {

using hashira::Error;
using hashira::ErrorCode;

hashira::Result<QObject*> loadPlugin(const char* file, const std::string& what) {
    const QString here = QCoreApplication::applicationDirPath();
    const QString name = QLatin1Char('/') + QString::fromLatin1(file);
    for (const QString& directory : {here, here + QStringLiteral("/" HASHIRA_PLUGIN_DIR)}) {
        if (!QFileInfo::exists(directory + name)) continue;
        QPluginLoader loader(directory + name);
        if (QObject* plugin = loader.instance()) return plugin;
        return Error{ErrorCode::kPrecondition,
                     what + ", " + loader.fileName().toStdString() +
                         ", cannot be used: " + loader.errorString().toStdString()};
    }
    return Error{ErrorCode::kNotFound, what + ", " + file + ", is not installed"};
}

Error otherVersion(const std::string& what) {
    return {ErrorCode::kPrecondition, what + " cannot be used: it is of another version"};
}

}  // namespace hashirad

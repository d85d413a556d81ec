// SPDX-License-Identifier: MIT
#include "desktop/small_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace hashira::desktop {
namespace {

Error cannot(const char* what, const QString& path, const QString& why) {
    return {ErrorCode::kPrecondition,
            std::string(what) + path.toStdString() + ": " + why.toStdString()};
}

}  // namespace

Status writeSmallFile(const QString& path, const QByteArray& content) {
    const QString directory = QFileInfo(path).path();
    if (!QDir().mkpath(directory))
        return cannot("cannot make ", directory, QStringLiteral("it is not permitted"));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return cannot("cannot write ", path, file.errorString());
    return {};
}

Status removeSmallFile(const QString& path) {
    QFile file(path);
    if (!file.exists() || file.remove()) return {};
    return cannot("cannot remove ", path, file.errorString());
}

}  // namespace hashira::desktop

// SPDX-License-Identifier: MIT
#include "daemon/sign_in_file.h"

#include "model/uuid.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace hashira::daemon {
namespace {

constexpr int kVersion = 1;
/// With a chain of certificates it has some thousand bytes.
constexpr qint64 kMostBytes = 1024 * 1024;
constexpr const char* kAccounts = "accounts/";

QString pathOf(const std::string& dataDir) {
    return QString::fromStdString(dataDir + "/sign-in.json");
}

std::string text(const QJsonObject& object, const char* name) {
    return object.value(QLatin1String(name)).toString().toStdString();
}

/// A path from a file must not lead elsewhere.
bool isDirectory(const std::string& name) {
    const std::string prefix(kAccounts);
    return name.empty() || (name.rfind(prefix, 0) == 0 && isUuid(name.substr(prefix.size())));
}

Error damaged(const std::string& dataDir) {
    return {ErrorCode::kCorrupt,
            pathOf(dataDir).toStdString() +
                ": is damaged, so it is not known whose tasks to show. Put a backup of it in its "
                "place, or remove it and sign in again: no task is lost"};
}

}  // namespace

Result<SignInRecord> readSignIn(const std::string& dataDir) {
    QFile file(pathOf(dataDir));
    if (!file.exists()) return SignInRecord{};
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::kPrecondition,
                     file.fileName().toStdString() +
                         ": cannot be read: " + file.errorString().toStdString()};
    const QJsonObject object = QJsonDocument::fromJson(file.read(kMostBytes)).object();
    const int version = object.value(QLatin1String("version")).toInt();
    if (version > kVersion)
        return Error{ErrorCode::kNewer, file.fileName().toStdString() +
                                            ": is of a newer version of hashirad: use that one"};
    SignInRecord record{text(object, "directory"), text(object, "datastore"),
                        text(object, "ca_certificate"), text(object, "account"),
                        text(object, "key")};
    const bool whole = record.datastore.empty() || (isUuid(record.account) && !record.key.empty());
    if (version != kVersion || !whole || !isDirectory(record.directory)) return damaged(dataDir);
    return record;
}

Status writeSignIn(const std::string& dataDir, const SignInRecord& record) {
    QJsonObject object{{QStringLiteral("version"), kVersion}};
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) object.insert(QLatin1String(name), QString::fromStdString(value));
    };
    put("directory", record.directory);
    put("datastore", record.datastore);
    put("ca_certificate", record.caCertificate);
    put("account", record.account);
    put("key", record.key);
    QSaveFile file(pathOf(dataDir));
    // QSaveFile syncs before it renames.
    if (file.open(QIODevice::WriteOnly) &&
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) &&
        file.write(QJsonDocument(object).toJson()) > 0 && file.commit())
        return {};
    return Error{ErrorCode::kDiskFull, file.fileName().toStdString() + ": cannot be written: " +
                                           file.errorString().toStdString()};
}

std::string accountDirectory(const std::string& dataDir, const SignInRecord& record) {
    return record.directory.empty() ? dataDir : dataDir + "/" + record.directory;
}

}  // namespace hashira::daemon

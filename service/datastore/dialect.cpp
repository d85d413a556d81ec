// SPDX-License-Identifier: MIT
#include "datastore/dialect.h"

#include "base/database_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlQuery>
#include <QVariant>

#include <sqlite3.h>

namespace hashira::datastore {
namespace {

/// Marks a file as a datastore's: "HaDs".
constexpr int kApplicationId = 0x48614473;
/// An operator's verb beside the server, or a backup, holds the lock for moments only.
constexpr auto kConnectOptions = "QSQLITE_BUSY_TIMEOUT=5000";

Result<int> integer(const QSqlDatabase& database, const char* sql) {
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QString::fromUtf8(sql)) || !query.next())
        return dialect::errorOf(query.lastError(), "reading the database");
    return query.value(0).toInt();
}

Status execute(const QSqlDatabase& database, const QString& sql) {
    QSqlQuery query(database);
    if (query.exec(sql)) return {};
    return dialect::errorOf(query.lastError(), "preparing the database");
}

/// Tasks and tokens are nobody else's: the file is made before SQLite would make it readable for
/// all.
Status makeFile(const QString& path) {
    if (QFile::exists(path)) return {};
    const QString directory = QFileInfo(path).absolutePath();
    const bool made = QDir(directory).exists() || QDir().mkpath(directory);
    QFile file(path);
    const auto mode = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    if (made && (file.open(QIODevice::WriteOnly | QIODevice::NewOnly, mode) || QFile::exists(path)))
        return {};
    return Error{ErrorCode::kNotFound,
                 "cannot make the database " + path.toStdString() + ": " +
                     (made ? file.errorString().toStdString() : "its directory cannot be made")};
}

}  // namespace

Result<DatabaseUrl> DatabaseUrl::parse(const std::string& text) {
    const std::string scheme = "sqlite:";
    if (text.rfind(scheme, 0) == 0 && text.size() > scheme.size())
        return DatabaseUrl{text.substr(scheme.size())};
    if (text.rfind("postgresql:", 0) == 0)
        return invalid("the database " + text +
                       ": this version keeps its data in SQLite only, give sqlite:PATH");
    return invalid("the database \"" + text + "\" must be sqlite:PATH");
}

namespace dialect {

Result<QSqlDatabase> connect(const DatabaseUrl& url, const QString& name) {
    const QString path = QString::fromStdString(url.path);
    if (const Status good = checkDatabaseFile(url.path); !good) return good.error();
    if (const Status made = makeFile(path); !made) return made.error();
    QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    if (!database.isValid())
        return Error{ErrorCode::kPrecondition, "Qt's SQLite driver (QSQLITE) is not installed"};
    database.setDatabaseName(path);
    database.setConnectOptions(QString::fromUtf8(kConnectOptions));
    if (database.open()) {
        checkpointOnClose(database, false);
        return database;
    }
    return Error{ErrorCode::kNotFound, "cannot open the database " + url.path + ": " +
                                           database.lastError().text().toStdString()};
}

void checkpointOnClose(const QSqlDatabase& database, bool on) {
    sqlite3_db_config(handleOf(database), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

Result<int> schemaVersion(const QSqlDatabase& database) {
    const auto version = integer(database, "PRAGMA user_version");
    if (!version) return version;
    const auto application = integer(database, "PRAGMA application_id");
    if (!application) return application;
    const auto objects = integer(database, "SELECT count(*) FROM sqlite_master");
    if (!objects) return objects;
    const bool empty = *version == 0 && *application == 0 && *objects == 0;
    if (empty || (*version > 0 && *application == kApplicationId)) return version;
    return Error{ErrorCode::kCorrupt, "the file is a database, but not a Hashira datastore's"};
}

Status setSchemaVersion(const QSqlDatabase& database, int version) {
    const Status marked =
        execute(database, QStringLiteral("PRAGMA application_id = %1").arg(kApplicationId));
    if (!marked) return marked;
    return execute(database, QStringLiteral("PRAGMA user_version = %1").arg(version));
}

Status configure(const QSqlDatabase& database) {
    // What was answered as applied must outlive a power cut: daemons drop nothing, but rely on it.
    for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"})
        if (const Status set = execute(database, QString::fromUtf8(pragma)); !set) return set;
    return {};
}

sqlite3* handleOf(const QSqlDatabase& database) {
    return *static_cast<sqlite3**>(database.driver()->handle().data());
}

Error errorOf(const QSqlError& error, const char* doing) {
    return errorOf(error.nativeErrorCode().toInt(), error.text().toUtf8().constData(), doing);
}

Error errorOf(int code, const char* message, const char* doing) {
    const std::string text = std::string(doing) + " failed: " + message;
    switch (code & 0xFF) {  // without SQLite's extension
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {ErrorCode::kBusy, "the datastore's database is busy: " + text};
        case SQLITE_READONLY:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:  // its log cannot be made
            return {ErrorCode::kDiskFull,
                    "the datastore's disk is full or cannot be written: " + text};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ErrorCode::kCorrupt, "the datastore's database is damaged: " + text};
        default: return {ErrorCode::kInternal, text};
    }
}

}  // namespace dialect
}  // namespace hashira::datastore

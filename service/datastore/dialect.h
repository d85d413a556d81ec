// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QSqlDatabase>
#include <QSqlError>

#include <string>

struct sqlite3;

/// The few places where the SQL of the databases differs. All else is written once, in SQL that
/// they share.
namespace hashira::datastore {

/// Where the ledger is kept: "sqlite:PATH".
struct DatabaseUrl {
    std::string path;
    static Result<DatabaseUrl> parse(const std::string& text);
};

namespace dialect {

/// Opens a connection of that name. SQLite: creates the file (readable by its owner only) and its
/// directory where they are missing, and changes nothing in a file that is there. Errors:
/// kNotFound, kCorrupt, kDiskFull, kInternal. A connection that turns out to be to a file that is
/// refused leaves the file's log as it is, unless checkpointOnClose() was called.
Result<QSqlDatabase> connect(const DatabaseUrl& url, const QString& name);
void checkpointOnClose(const QSqlDatabase& database, bool on);

/// The number of the last migration; 0: an empty database. kCorrupt: it is not a datastore's.
Result<int> schemaVersion(const QSqlDatabase& database);
/// To be called in the transaction of the migration.
Status setSchemaVersion(const QSqlDatabase& database, int version);
/// What a connection needs once the schema is known to be ours: journal, durability.
Status configure(const QSqlDatabase& database);

/// A transaction that holds the write lock from its beginning, and one that reads a single
/// snapshot.
inline constexpr const char* kBeginWrite = "BEGIN IMMEDIATE";
inline constexpr const char* kBeginRead = "BEGIN";

/// The connection's C handle.
sqlite3* handleOf(const QSqlDatabase& database);

/// A database's error as ours; `doing` says what failed.
Error errorOf(const QSqlError& error, const char* doing);
Error errorOf(int code, const char* message, const char* doing);

}  // namespace dialect
}  // namespace hashira::datastore

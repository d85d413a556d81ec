// SPDX-License-Identifier: MIT
#include "store/sqlite_library.h"

#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <sqlite3.h>

#include <set>
#include <string>

namespace hashira::store {
namespace {

std::set<std::string> ours() {
    std::set<std::string> words{sqlite3_sourceid()};
    for (int i = 0; const char* option = sqlite3_compileoption_get(i); ++i) words.insert(option);
    return words;
}

std::set<std::string> theirs(const QSqlDatabase& connection) {
    std::set<std::string> words;
    for (const char* question : {"SELECT sqlite_source_id()", "PRAGMA compile_options"}) {
        QSqlQuery query(QLatin1String(question), connection);
        while (query.next()) words.insert(query.value(0).toString().toStdString());
    }
    return words;
}

}  // namespace

Status useLibraryOf(const QSqlDatabase& connection) {
    // A library that opened nothing has not made its locks yet.
    static const bool same = sqlite3_initialize() == SQLITE_OK && ours() == theirs(connection);
    if (same) return {};
    return Error{ErrorCode::kInternal,
                 "this program and its database driver (QSQLITE) were built with different "
                 "versions of SQLite, which would damage files: install Hashira again"};
}

}  // namespace hashira::store

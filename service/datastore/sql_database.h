// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/dialect.h"

#include <QSqlDatabase>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

struct sqlite3;
struct sqlite3_stmt;

namespace hashira::datastore {

/// One connection to the ledger's database, its migrations applied, its statements kept prepared.
/// For the thread that opened it.
class SqlDatabase {
public:
    /// Applies the migrations that are missing. kNewer: the file is of a newer version of the
    /// program, and is left untouched.
    static Result<std::unique_ptr<SqlDatabase>> open(const DatabaseUrl& url);
    ~SqlDatabase();
    SqlDatabase(const SqlDatabase&) = delete;
    SqlDatabase& operator=(const SqlDatabase&) = delete;

    Status execute(const char* sql);

private:
    friend class Statement;
    /// The prepared statement, null where it cannot be prepared; `sql` must be a literal: its
    /// address is the key.
    sqlite3_stmt* prepared(const char* sql);
    Error error(const char* doing) const;
    explicit SqlDatabase(QString name);
    Status migrate();

    QString m_name;
    QSqlDatabase m_database;
    sqlite3* m_handle = nullptr;
    std::map<const char*, sqlite3_stmt*> m_statements;
    std::thread::id m_thread;
};

/// One use of a prepared statement: bind in order, run, step. Ends it when it goes. It speaks
/// SQLite's C interface on the connection that QSqlDatabase opened: QSqlQuery boxes every value and
/// turns every text to UTF-16 and back, which took a quarter of the time of an Apply.
class Statement {
public:
    Statement(SqlDatabase& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    /// The databases' integers have a sign: what is greater is bound as the greatest.
    Statement& bind(std::uint64_t value);
    Statement& bind(std::string_view value);

    /// Runs a statement that gives no rows.
    Status run();
    /// True: there is a row.
    Result<bool> next();

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;
    int changes() const;

private:
    SqlDatabase& m_database;
    sqlite3_stmt* m_statement;
    int m_bound = 0;
};

/// Rolls back unless committed.
class Scope {
public:
    enum class Mode { kRead, kWrite };
    static Result<std::unique_ptr<Scope>> begin(SqlDatabase& database, Mode mode);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Status commit();

private:
    explicit Scope(SqlDatabase& database) : m_database(database) {}
    SqlDatabase& m_database;
    bool m_open = true;
};

}  // namespace hashira::datastore

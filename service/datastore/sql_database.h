// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/dialect.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>

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

    /// The prepared statement; `sql` must be a literal: its address is the key.
    QSqlQuery& prepared(const char* sql);

    Status execute(const char* sql);

private:
    explicit SqlDatabase(QString name);
    Status migrate();

    QString m_name;
    QSqlDatabase m_database;
    std::map<const char*, QSqlQuery> m_statements;
    std::set<const char*> m_failed;  ///< those that could not be prepared
    std::thread::id m_thread;
};

/// One use of a prepared statement: bind in order, run, step. Ends it when it goes.
class Statement {
public:
    Statement(SqlDatabase& database, const char* sql);
    ~Statement() { m_query.finish(); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    /// The databases' integers have a sign: what is greater is bound as the greatest.
    Statement& bind(std::uint64_t value);
    Statement& bind(std::string_view value);

    Status run();
    /// Runs it at the first call; true: there is a row.
    Result<bool> next();

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bool isNull(int column) const;
    int changes() const { return m_query.numRowsAffected(); }

private:
    QSqlQuery& m_query;
    int m_bound = 0;
    bool m_ran = false;
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

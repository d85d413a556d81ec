// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/sql_driver.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace hashira::datastore {

/// One connection to the ledger's database, its migrations applied, its statements kept prepared.
/// For the thread that opened it.
class SqlDatabase {
public:
    /// Applies the migrations that are missing, also where several programs do so at once. kNewer:
    /// the database is of a newer version of the program, and is left untouched.
    static Result<std::unique_ptr<SqlDatabase>> open(const DatabaseUrl& url);

    Status execute(const char* sql) { return driver().execute(sql); }
    SqlDriver& driver() {
        assert(m_thread == std::this_thread::get_id());
        return *m_driver;
    }

private:
    explicit SqlDatabase(std::unique_ptr<SqlDriver> driver)
        : m_driver(std::move(driver)), m_thread(std::this_thread::get_id()) {}
    Status migrate();

    std::unique_ptr<SqlDriver> m_driver;
    std::thread::id m_thread;
};

/// One use of a prepared statement: bind in order, run, step. Ends it when it goes. The rules are
/// SqlStatement's.
class Statement {
public:
    Statement(SqlDatabase& database, const char* sql)
        : m_statement(database.driver().prepared(sql)) {}
    ~Statement() { m_statement.reset(); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value) { return m_statement.bind(value), *this; }
    /// The databases' integers have a sign: what is greater is bound as the greatest.
    Statement& bind(std::uint64_t value) {
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        return bind(static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(most))));
    }
    Statement& bind(std::string_view value) { return m_statement.bind(value), *this; }
    template <typename Value>
    Statement& bindAll(const std::vector<Value>& values) {
        return m_statement.bindAll(values), *this;
    }
    Statement& stream() { return m_statement.stream(), *this; }

    Status run() { return m_statement.run(); }
    Result<bool> next() { return m_statement.next(); }
    std::int64_t integer(int column) const { return m_statement.integer(column); }
    std::string text(int column) const { return m_statement.text(column); }
    bool isNull(int column) const { return m_statement.isNull(column); }
    int changes() const { return m_statement.changes(); }

private:
    SqlStatement& m_statement;
};

/// A transaction; rolls back unless committed.
class Scope {
public:
    using Mode = TransactionMode;
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

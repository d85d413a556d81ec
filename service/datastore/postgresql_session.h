// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/database_url.h"
#include "datastore/sql_connection.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace hashira::datastore {

/// What a postgresql:// URL says, by libpq's names. kInvalid: it is none.
Result<std::map<std::string, std::string>> postgresqlParameters(const std::string& url);

struct PostgresqlFree {
    void operator()(pg_result* result) const;
};
using PostgresqlResult = std::unique_ptr<pg_result, PostgresqlFree>;

/// The values of a statement, in the order of its `?`.
class PostgresqlValues {
public:
    void add(std::int64_t value) {
        m_texts.push_back(std::to_string(value)), m_binary.push_back(0);
    }
    void add(std::string_view value) { m_texts.emplace_back(value), m_binary.push_back(0); }
    /// Arrays travel in PostgreSQL's binary form: as text each quote of a document would be
    /// escaped.
    void addAll(const std::vector<std::int64_t>& values);
    void addAll(const std::vector<std::string>& values);
    void clear() { m_texts.clear(), m_binary.clear(); }

private:
    friend class PostgresqlSession;
    std::vector<std::string> m_texts;
    std::vector<int> m_binary;
};

/// A connection that Qt's driver (QPSQL) opens and libpq speaks on, in its pipeline mode: what is
/// sent is not waited for until collect(), so that a transaction costs few round trips. QSqlQuery
/// waits for each row that it writes, and sends values as the text of an EXECUTE. For one thread.
class PostgresqlSession {
public:
    explicit PostgresqlSession(DatabaseUrl url) : m_url(std::move(url)) {}

    /// Connects, anew where it was connected. The error is for the operator: it names the host.
    Status open();
    /// Whether the connection stands, as far as is known without asking.
    bool alive();
    /// Grows with each open(): what was prepared before is gone.
    int generation() const { return m_generation; }
    pg_conn* handle() const { return m_handle; }

    Status send(const char* sql, const PostgresqlValues& values = {});
    Status prepare(const std::string& name, const std::string& sql);
    Status sendPrepared(const std::string& name, const PostgresqlValues& values);
    std::size_t unread() const { return m_unread; }
    /// Waits for all that was sent; the result of the last, or the first error. What cannot be
    /// sent, or is not answered, ends the connection.
    Result<PostgresqlResult> collect();

private:
    Status sent(int ok);
    /// Hangs up.
    Error lost();

    DatabaseUrl m_url;
    SqlConnection m_connection;
    pg_conn* m_handle = nullptr;
    int m_generation = 0;
    std::size_t m_unread = 0;  ///< sent, its result not collected
};

}  // namespace hashira::datastore

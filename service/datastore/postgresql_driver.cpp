// SPDX-License-Identifier: MIT
#include "datastore/postgresql_session.h"
#include "datastore/sql_driver.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

namespace hashira::datastore {
namespace {

/// Whoever migrates holds this advisory lock: "HaDs".
constexpr const char* kLockSchema = "SELECT pg_advisory_xact_lock(1214334067)";
/// The rows of a stream that are held at once: about this many bytes, never more than these rows.
constexpr std::size_t kStreamBytes = 256 * 1024;
constexpr int kStreamRows = 500;
constexpr int kFirstRows = 50;

/// `?` as PostgreSQL writes it.
std::string numbered(const char* sql) {
    std::string text;
    int count = 0;
    for (; *sql; ++sql)
        if (*sql == '?')
            text += '$' + std::to_string(++count);
        else
            text += *sql;
    return text;
}

class PostgresqlDriver;

class PostgresqlStatement final : public SqlStatement {
public:
    PostgresqlStatement(PostgresqlDriver& driver, const char* sql, std::size_t number)
        : m_driver(driver), m_sql(numbered(sql)), m_name("hashira_" + std::to_string(number)) {}

    void bind(std::int64_t value) override { m_values.add(value); }
    void bind(std::string_view value) override { m_values.add(value); }
    void bindAll(const std::vector<std::int64_t>& values) override { m_values.addAll(values); }
    void bindAll(const std::vector<std::string>& values) override { m_values.addAll(values); }
    void stream() override { m_streams = true; }

    Result<bool> next() override;
    Status run() override;
    std::int64_t integer(int column) const override {
        std::int64_t value = 0;
        const char* text = PQgetvalue(m_result.get(), m_row, column);
        std::from_chars(text, text + std::strlen(text), value);
        return value;
    }
    std::string text(int column) const override {
        return {PQgetvalue(m_result.get(), m_row, column),
                static_cast<std::size_t>(PQgetlength(m_result.get(), m_row, column))};
    }
    bool isNull(int column) const override {
        return PQgetisnull(m_result.get(), m_row, column) != 0;
    }
    int changes() const override { return std::atoi(PQcmdTuples(m_result.get())); }
    void reset() override;

private:
    Status send();
    Status declare();
    Result<bool> fetch();

    PostgresqlDriver& m_driver;
    const std::string m_sql;
    const std::string m_name;
    int m_preparedIn = 0;  ///< the session's generation
    PostgresqlValues m_values;
    PostgresqlResult m_result;
    int m_row = 0;
    bool m_streams = false;
    bool m_declared = false;
    int m_asked = kFirstRows;  ///< the rows that the last FETCH asked for
};

class PostgresqlDriver final : public SqlDriver {
public:
    explicit PostgresqlDriver(const DatabaseUrl& url) : m_session(url) {}
    Status open() { return m_session.open(); }

    SqlStatement& prepared(const char* sql) override {
        auto& statement = m_statements[sql];
        if (!statement)
            statement = std::make_unique<PostgresqlStatement>(*this, sql, m_statements.size());
        return *statement;
    }
    Status execute(const char* sql) override {
        const auto done = ask(sql);
        return done ? Status() : Status(done.error());
    }
    Status begin(TransactionMode mode) override;
    Status commit() override;
    void rollBack() override;

    const char* migrations() const override { return ":/sql/datastore/postgresql"; }
    Result<int> schemaVersion() override;
    Status lockSchema() override;
    Status setSchemaVersion(int version) override;
    Status configure() override { return {}; }  // each session is, as it is opened

    PostgresqlSession& session() { return m_session; }
    bool inTransaction() const { return m_inTransaction; }
    /// Connects again where the connection is gone; never within a transaction.
    Status ready();

private:
    Result<PostgresqlResult> ask(const char* sql);

    PostgresqlSession m_session;
    bool m_inTransaction = false;
    std::map<const char*, std::unique_ptr<PostgresqlStatement>> m_statements;
};

Status PostgresqlStatement::send() {
    PostgresqlSession& session = m_driver.session();
    if (const Status ready = m_driver.ready(); !ready) return ready;
    if (m_preparedIn != session.generation()) {
        if (const Status prepared = session.prepare(m_name, m_sql); !prepared) return prepared;
        m_preparedIn = session.generation();
    }
    return session.sendPrepared(m_name, m_values);
}

Status PostgresqlStatement::run() {
    // Nothing is to be learned from it but an error, and that rolls back whenever it comes.
    if (m_driver.inTransaction()) return send();
    const auto done = next();
    return done ? Status() : Status(done.error());
}

Result<bool> PostgresqlStatement::next() {
    if (m_result && ++m_row < PQntuples(m_result.get())) return true;
    if (m_streams) return fetch();
    if (m_result) return false;
    if (const Status asked = send(); !asked) return asked.error();
    auto result = m_driver.session().collect();
    if (!result) return result.error();
    m_result = std::move(*result);
    m_row = 0;
    return PQntuples(m_result.get()) > 0;
}

Status PostgresqlStatement::declare() {
    const std::string sql = "DECLARE " + m_name + " NO SCROLL CURSOR FOR " + m_sql;
    m_declared = true;
    // The rows may go to a slow client, and such a transaction holds no lock.
    const Status patient =
        m_driver.session().send("SET LOCAL idle_in_transaction_session_timeout = '60s'");
    if (!patient) return patient;
    return m_driver.session().send(sql.c_str(), m_values);
}

/// The next rows of a stream, of which about kStreamBytes are held.
Result<bool> PostgresqlStatement::fetch() {
    if (!m_declared) {
        if (const Status declared = declare(); !declared) return declared.error();
    } else if (PQntuples(m_result.get()) < m_asked) {
        return false;
    } else {
        const std::size_t row = PQresultMemorySize(m_result.get()) / std::size_t(m_asked);
        m_asked =
            static_cast<int>(std::clamp<std::size_t>(kStreamBytes / (row + 1), 1, kStreamRows));
    }
    const std::string sql = "FETCH " + std::to_string(m_asked) + " FROM " + m_name;
    if (const Status asked = m_driver.session().send(sql.c_str()); !asked) return asked.error();
    auto result = m_driver.session().collect();
    if (!result) return result.error();
    m_result = std::move(*result);
    m_row = 0;
    return PQntuples(m_result.get()) > 0;
}

void PostgresqlStatement::reset() {
    // Where that fails the transaction does.
    if (m_declared && m_driver.inTransaction())
        static_cast<void>(m_driver.session().send(("CLOSE " + m_name).c_str()));
    m_declared = m_streams = false;
    m_asked = kFirstRows;
    m_result.reset();
    m_row = 0;
    m_values.clear();
}

Status PostgresqlDriver::ready() {
    if (m_inTransaction || m_session.alive()) return {};
    if (m_session.open()) return {};
    return Error{ErrorCode::kUnavailable, "the datastore cannot reach its database"};
}

Result<PostgresqlResult> PostgresqlDriver::ask(const char* sql) {
    if (const Status ready = this->ready(); !ready) return ready.error();
    if (const Status asked = m_session.send(sql); !asked) return asked.error();
    return m_session.collect();
}

Status PostgresqlDriver::begin(TransactionMode mode) {
    if (const Status ready = this->ready(); !ready) return ready;
    const Status begun = m_session.send(mode == TransactionMode::kWrite
                                            ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                            : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    m_inTransaction = begun.ok();
    return begun;
}

Status PostgresqlDriver::commit() {
    if (const Status asked = m_session.send("COMMIT"); !asked) return asked;
    const auto committed = m_session.collect();
    if (!committed) return committed.error();
    m_inTransaction = false;
    // So it answers where an earlier error was not heeded.
    if (std::strcmp(PQcmdStatus(committed->get()), "COMMIT") == 0) return {};
    return Error{ErrorCode::kInternal, "the datastore's database rolled back"};
}

void PostgresqlDriver::rollBack() {
    if (!m_inTransaction) return;
    m_inTransaction = false;
    // By itself: after an error nothing that was sent in the same go is run.
    if (m_session.unread() > 0) static_cast<void>(m_session.collect());
    if (m_session.alive() && m_session.send("ROLLBACK")) static_cast<void>(m_session.collect());
}

Result<int> PostgresqlDriver::schemaVersion() {
    const auto tables =
        ask("SELECT count(*) FILTER (WHERE relname = 'hashira_schema'), count(*) FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')");
    if (!tables) return tables.error();
    if (std::strcmp(PQgetvalue(tables->get(), 0, 1), "0") == 0) return 0;
    if (std::strcmp(PQgetvalue(tables->get(), 0, 0), "0") == 0)
        return Error{ErrorCode::kCorrupt,
                     "the database holds tables, but not a Hashira datastore's: give it an empty "
                     "database"};
    const auto version = ask("SELECT version FROM hashira_schema");
    if (!version) return version.error();
    return PQntuples(version->get()) == 1 ? std::atoi(PQgetvalue(version->get(), 0, 0)) : 0;
}

Status PostgresqlDriver::lockSchema() {
    // However long another one migrates.
    if (const Status patient = execute("SET LOCAL lock_timeout = 0"); !patient) return patient;
    return execute(kLockSchema);
}

Status PostgresqlDriver::setSchemaVersion(int version) {
    const Status made = execute(
        "CREATE TABLE IF NOT EXISTS hashira_schema (only_row BOOLEAN PRIMARY KEY DEFAULT true "
        "CHECK (only_row), version INTEGER NOT NULL)");
    if (!made) return made;
    return execute(("INSERT INTO hashira_schema (version) VALUES (" + std::to_string(version) +
                    ") ON CONFLICT (only_row) DO UPDATE SET version = excluded.version")
                       .c_str());
}

}  // namespace

Result<std::unique_ptr<SqlDriver>> openPostgresql(const DatabaseUrl& url) {
    auto driver = std::make_unique<PostgresqlDriver>(url);
    if (const Status opened = driver->open(); !opened) return opened.error();
    return std::unique_ptr<SqlDriver>(std::move(driver));
}

}  // namespace hashira::datastore

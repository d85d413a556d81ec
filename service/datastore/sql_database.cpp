// SPDX-License-Identifier: MIT
#include "datastore/sql_database.h"

#include <QDir>
#include <QFile>

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <limits>

namespace hashira::datastore {
namespace {

/// Qt's connections have names of the whole process.
QString connectionName() {
    static std::atomic<int> count = 0;
    return QStringLiteral("hashira-datastore-%1").arg(++count);
}

/// The numbered files, in order.
QStringList migrations() {
    return QDir(QStringLiteral(":/sql/datastore")).entryList(QDir::Files, QDir::Name);
}

constexpr const char* kCommit = "COMMIT";

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(const DatabaseUrl& url) {
    std::unique_ptr<SqlDatabase> database(new SqlDatabase(connectionName()));
    auto connection = dialect::connect(url, database->m_name);
    if (!connection) return connection.error();
    database->m_database = std::move(*connection);
    database->m_handle = dialect::handleOf(database->m_database);
    if (const Status migrated = database->migrate(); !migrated)
        return Error{migrated.error().code, url.path + ": " + migrated.error().message};
    dialect::checkpointOnClose(database->m_database, true);
    return database;
}

SqlDatabase::SqlDatabase(QString name)
    : m_name(std::move(name)), m_thread(std::this_thread::get_id()) {}

SqlDatabase::~SqlDatabase() {
    for (const auto& [sql, statement] : m_statements) sqlite3_finalize(statement);
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

sqlite3_stmt* SqlDatabase::prepared(const char* sql) {
    assert(m_thread == std::this_thread::get_id());
    // What cannot be prepared says so when it is run, and is tried again at its next use.
    sqlite3_stmt*& statement = m_statements[sql];
    if (statement == nullptr)
        sqlite3_prepare_v3(m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    return statement;
}

Error SqlDatabase::error(const char* doing) const {
    return dialect::errorOf(sqlite3_extended_errcode(m_handle), sqlite3_errmsg(m_handle), doing);
}

Status SqlDatabase::execute(const char* sql) {
    assert(m_thread == std::this_thread::get_id());
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return error(sql);
}

Status SqlDatabase::migrate() {
    const QStringList files = migrations();
    const auto before = dialect::schemaVersion(m_database);
    if (!before) return before.error();
    if (*before > files.size())
        return Error{ErrorCode::kNewer,
                     "the database is of a newer version of hashira-datastored (format " +
                         std::to_string(*before) + ", this program knows up to " +
                         std::to_string(files.size()) + "): update the program"};
    if (const Status configured = dialect::configure(m_database); !configured) return configured;
    if (*before == files.size()) return {};
    const auto scope = Scope::begin(*this, Scope::Mode::kWrite);
    if (!scope) return scope.error();
    // Again under the lock: two programs may start on a new file together.
    const auto version = dialect::schemaVersion(m_database);
    if (!version) return version.error();
    for (int number = *version + 1; number <= files.size(); ++number) {
        QFile file(QStringLiteral(":/sql/datastore/") + files.at(number - 1));
        if (!file.open(QIODevice::ReadOnly))
            return Error{ErrorCode::kInternal, "a migration is missing in the program"};
        const QString text = QString::fromUtf8(file.readAll());
        for (const QString& statement : text.split(QStringLiteral(";\n"), Qt::SkipEmptyParts))
            if (const Status done = execute(statement.trimmed().toUtf8().constData()); !done)
                return done;
        if (const Status set = dialect::setSchemaVersion(m_database, number); !set) return set;
    }
    return (*scope)->commit();
}

Statement::Statement(SqlDatabase& database, const char* sql)
    : m_database(database), m_statement(database.prepared(sql)) {}

Statement::~Statement() {
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

Statement& Statement::bind(std::int64_t value) {
    sqlite3_bind_int64(m_statement, ++m_bound, value);
    return *this;
}

Statement& Statement::bind(std::uint64_t value) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return bind(static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(most))));
}

Statement& Statement::bind(std::string_view value) {
    // SQLite's copy: callers bind temporaries, and run the statement later.
    sqlite3_bind_text64(m_statement, ++m_bound, value.data() ? value.data() : "", value.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Status Statement::run() {
    const auto stepped = next();
    return stepped ? Status() : Status(stepped.error());
}

Result<bool> Statement::next() {
    const int code = m_statement ? sqlite3_step(m_statement) : SQLITE_ERROR;
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return m_database.error("the datastore's database");
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

std::string Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(m_statement, column);
    return {static_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

int Statement::changes() const {
    return sqlite3_changes(m_database.m_handle);
}

Result<std::unique_ptr<Scope>> Scope::begin(SqlDatabase& database, Mode mode) {
    const char* begin = mode == Mode::kWrite ? dialect::kBeginWrite : dialect::kBeginRead;
    if (const Status begun = Statement(database, begin).run(); !begun) return begun.error();
    return std::unique_ptr<Scope>(new Scope(database));
}

Scope::~Scope() {
    // Where it fails there is nothing left to undo: SQLite rolled back by itself.
    if (m_open) static_cast<void>(m_database.execute("ROLLBACK"));
}

Status Scope::commit() {
    const Status committed = Statement(m_database, kCommit).run();
    if (committed) m_open = false;
    return committed;
}

}  // namespace hashira::datastore

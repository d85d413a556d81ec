// SPDX-License-Identifier: MIT
#include "base/database_file.h"
#include "datastore/sql_connection.h"
#include "datastore/sql_driver.h"
#include "datastore/sqlite_arrays.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlError>
#include <QVariant>

#include <sqlite3.h>

#include <chrono>
#include <deque>
#include <map>

namespace hashira::datastore {
namespace {

/// Marks a file as a datastore's: "HaDs".
constexpr int kApplicationId = 0x48614473;
/// An operator's verb beside the server, or a backup, holds the lock for moments only.
constexpr std::chrono::milliseconds kBusyTimeout(5'000);
/// Between two tries where SQLite itself does not wait.
constexpr int kTryMs = 5;
/// What SQLite says otherwise. A transaction that writes holds the lock of the file from its
/// beginning, so no row needs one; values have their own types.
constexpr std::pair<std::string_view, std::string_view> kOtherwise[] = {
    {" FOR UPDATE", ""}, {"= ANY(?)", "IN (SELECT a FROM unnest(?))"},
    {"::bigint[]", ""},  {"::text[]", ""},
    {"::bigint", ""},
};

std::string ofSqlite(std::string sql) {
    for (const auto& [shared, own] : kOtherwise)
        for (auto at = sql.find(shared); at != std::string::npos; at = sql.find(shared, at))
            sql.replace(at, shared.size(), own);
    return sql;
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

Error errorOf(sqlite3* handle, const char* doing) {
    const std::string text = std::string(doing) + " failed: " + sqlite3_errmsg(handle);
    switch (sqlite3_errcode(handle) & 0xFF) {  // without SQLite's extension
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

/// Speaks SQLite's C interface on the connection that QSqlDatabase opened: QSqlQuery boxes every
/// value and turns every text to UTF-16 and back, which took a quarter of the time of an Apply.
class SqliteStatement final : public SqlStatement {
public:
    SqliteStatement(sqlite3* handle, const char* sql) : m_handle(handle), m_sql(ofSqlite(sql)) {}
    ~SqliteStatement() override { sqlite3_finalize(m_statement); }

    /// What cannot be prepared says so when it is run, and is tried again at its next use.
    void prepare() {
        if (m_statement) return;
        sqlite3_prepare_v3(m_handle, m_sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &m_statement,
                           nullptr);
    }

    void bind(std::int64_t value) override { sqlite3_bind_int64(m_statement, ++m_bound, value); }
    void bind(std::string_view value) override {
        // SQLite's copy: callers bind temporaries, and run the statement later.
        sqlite3_bind_text64(m_statement, ++m_bound, value.data() ? value.data() : "", value.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    void bindAll(const std::vector<std::int64_t>& values) override { bindArray(values); }
    void bindAll(const std::vector<std::string>& values) override { bindArray(values); }

    Result<bool> next() override {
        const int code = m_statement ? sqlite3_step(m_statement) : SQLITE_ERROR;
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE) return false;
        return errorOf(m_handle, "the datastore's database");
    }
    Status run() override {
        const auto stepped = next();
        return stepped ? Status() : Status(stepped.error());
    }
    std::int64_t integer(int column) const override {
        return sqlite3_column_int64(m_statement, column);
    }
    std::string text(int column) const override {
        const void* bytes = sqlite3_column_blob(m_statement, column);
        return {static_cast<const char*>(bytes),
                static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
    }
    bool isNull(int column) const override {
        return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
    }
    int changes() const override { return sqlite3_changes(m_handle); }
    void reset() override {
        sqlite3_reset(m_statement);
        sqlite3_clear_bindings(m_statement);
        m_arrays.clear();
        m_bound = 0;
    }

private:
    template <typename Values>
    void bindArray(const Values& values) {
        m_arrays.emplace_back(values).bind(m_statement, ++m_bound);
    }

    sqlite3* m_handle;
    const std::string m_sql;
    sqlite3_stmt* m_statement = nullptr;
    int m_bound = 0;
    std::deque<SqliteArray> m_arrays;  ///< where the statement knows them
};

class SqliteDriver final : public SqlDriver {
public:
    Status open(const DatabaseUrl& url);

    SqlStatement& prepared(const char* sql) override;
    Status execute(const char* sql) override;
    Status begin(TransactionMode mode) override;
    Status commit() override { return prepared("COMMIT").run(); }
    // Where it fails there is nothing left to undo: SQLite rolled back by itself.
    void rollBack() override { static_cast<void>(execute("ROLLBACK")); }

    const char* migrations() const override { return ":/sql/datastore/sqlite"; }
    Result<int> schemaVersion() override;
    Status lockSchema() override { return {}; }  // the write lock is the whole file's
    Status setSchemaVersion(int version) override;
    Status configure() override;

private:
    Result<int> read(const char* sql);
    Result<int> readSchemaVersion();
    Status useWal();
    /// Whether the file's log is worked into it when the last connection closes. Not where the file
    /// may turn out to be refused: then its log stays as it is.
    void checkpointOnClose(bool on) {
        sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
    }

    SqlConnection m_connection;
    sqlite3* m_handle = nullptr;
    std::map<const char*, std::unique_ptr<SqliteStatement>> m_statements;
};

Status SqliteDriver::open(const DatabaseUrl& url) {
    const QString path = QString::fromStdString(url.path);
    if (const Status good = checkDatabaseFile(url.path); !good) return good;
    if (const Status made = makeFile(path); !made) return made;
    QSqlDatabase& database = m_connection.make("QSQLITE");
    if (!database.isValid())
        return Error{ErrorCode::kPrecondition, "Qt's SQLite driver (QSQLITE) is not installed"};
    database.setDatabaseName(path);
    database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyTimeout.count()));
    if (!database.open())
        return Error{ErrorCode::kNotFound, "cannot open the database " + url.path + ": " +
                                               database.lastError().text().toStdString()};
    m_handle = *static_cast<sqlite3**>(database.driver()->handle().data());
    checkpointOnClose(false);
    addUnnest(m_handle);
    return {};
}

SqlStatement& SqliteDriver::prepared(const char* sql) {
    auto& statement = m_statements[sql];
    if (!statement) statement = std::make_unique<SqliteStatement>(m_handle, sql);
    statement->prepare();
    return *statement;
}

Status SqliteDriver::execute(const char* sql) {
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return errorOf(m_handle, sql);
}

Status SqliteDriver::begin(TransactionMode mode) {
    SqlStatement& statement =
        prepared(mode == TransactionMode::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
    const Status begun = statement.run();
    statement.reset();
    return begun;
}

Result<int> SqliteDriver::read(const char* sql) {
    SqliteStatement statement(m_handle, sql);
    statement.prepare();
    const auto row = statement.next();
    if (!row) return row.error();
    return static_cast<int>(statement.integer(0));
}

Result<int> SqliteDriver::schemaVersion() {
    // In one snapshot: another program may be making the schema at this moment. Also within a
    // transaction.
    if (const Status begun = execute("SAVEPOINT schema_version"); !begun) return begun.error();
    auto version = readSchemaVersion();
    const Status done = execute("RELEASE schema_version");
    return version && !done ? Result<int>(done.error()) : version;
}

Result<int> SqliteDriver::readSchemaVersion() {
    const auto version = read("PRAGMA user_version");
    if (!version) return version;
    const auto application = read("PRAGMA application_id");
    if (!application) return application;
    const auto objects = read("SELECT count(*) FROM sqlite_master");
    if (!objects) return objects;
    const bool empty = *version == 0 && *application == 0 && *objects == 0;
    if (empty || (*version > 0 && *application == kApplicationId)) return version;
    return Error{ErrorCode::kCorrupt, "the file is a database, but not a Hashira datastore's"};
}

Status SqliteDriver::setSchemaVersion(int version) {
    const std::string mark = "PRAGMA application_id = " + std::to_string(kApplicationId);
    if (const Status marked = execute(mark.c_str()); !marked) return marked;
    return execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
}

/// The change takes the whole file, for which SQLite does not wait where another program is making
/// the same change.
Status SqliteDriver::useWal() {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + kBusyTimeout;
    for (;;) {
        const Status set = execute("PRAGMA journal_mode = WAL");
        if (set || set.error().code != ErrorCode::kBusy || Clock::now() >= end) return set;
        sqlite3_sleep(kTryMs);
    }
}

Status SqliteDriver::configure() {
    // What was answered as applied must outlive a power cut: daemons drop nothing, but rely on it.
    if (const Status set = useWal(); !set) return set;
    if (const Status set = execute("PRAGMA synchronous = FULL"); !set) return set;
    // What undoes one statement of many rows is small, and undone with the transaction.
    if (const Status set = execute("PRAGMA temp_store = MEMORY"); !set) return set;
    checkpointOnClose(true);
    return {};
}

}  // namespace

Result<std::unique_ptr<SqlDriver>> openSqlite(const DatabaseUrl& url) {
    auto driver = std::make_unique<SqliteDriver>();
    if (const Status opened = driver->open(url); !opened) return opened.error();
    return std::unique_ptr<SqlDriver>(std::move(driver));
}

}  // namespace hashira::datastore

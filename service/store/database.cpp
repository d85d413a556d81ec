// SPDX-License-Identifier: MIT
#include "store/database.h"

#include "base/database_file.h"
#include "store/sqlite_library.h"

#include <QFile>
#include <QSqlDriver>
#include <QSqlError>
#include <QVariant>

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace hashira::store {
namespace {

/// Far more migrations than there will ever be: a number above it is no version but damage.
constexpr std::int64_t kVersions = 100'000;

Error errorOf(int code, const char* message, const std::string& path) {
    const std::string text = path + ": " + message;
    switch (code & 0xFF) {
        case SQLITE_FULL: return {ErrorCode::kDiskFull, path + ": the disk is full"};
        case SQLITE_READONLY:
        case SQLITE_PERM: return {ErrorCode::kDiskFull, path + ": cannot be written: " + message};
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {ErrorCode::kBusy, path + ": in use by another program"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return {ErrorCode::kCorrupt, text};
        case SQLITE_CANTOPEN:
            return {ErrorCode::kDiskFull,
                    path + ": it, or its log beside it, cannot be opened or made: " + message};
        case SQLITE_IOERR:
            // What a quota says is no SQLITE_FULL, nor what a log's shared memory meets.
            if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE)
                return {ErrorCode::kDiskFull,
                        path + ": the disk is full, a limit of it is reached, or it fails"};
            return {ErrorCode::kDiskFull, text};
        default: return {ErrorCode::kInternal, text};
    }
}

/// The migrations of a schema, in order.
std::vector<QByteArray> migrations(const std::string& schema) {
    std::vector<QByteArray> scripts;
    for (int number = 1;; ++number) {
        QFile file(QStringLiteral(":/sql/local/%1_%2.sql")
                       .arg(number, 3, 10, QLatin1Char('0'))
                       .arg(QString::fromStdString(schema)));
        if (!file.open(QIODevice::ReadOnly)) return scripts;
        scripts.push_back(file.readAll());
    }
}

}  // namespace

Statement::~Statement() {
    if (m_statement == nullptr) return;
    if (m_home == nullptr) {
        sqlite3_finalize(m_statement);
        return;
    }
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
    m_home->m_idle[sqlite3_sql(m_statement)].push_back(m_statement);
}

Statement::Statement(Statement&& other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)),
      m_home(std::exchange(other.m_home, nullptr)) {
    m_unprepared.swap(other.m_unprepared);
}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(m_statement, other.m_statement);
    m_unprepared.swap(other.m_unprepared);
    std::swap(m_home, other.m_home);
    return *this;
}

Result<bool> Statement::step() {
    if (m_statement == nullptr) return *m_unprepared;
    // Some errors roll back by themselves. What comes after would be committed each by itself.
    if (m_home->inTransaction() && sqlite3_get_autocommit(m_home->handle()))
        return Error{ErrorCode::kUnavailable,
                     m_home->path() + ": the transaction was rolled back by an earlier error"};
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(m_statement);
        return false;
    }
    Error error = m_home->lastError();
    sqlite3_reset(m_statement);
    return error;
}

Status Statement::run() {
    const auto stepped = step();
    return stepped ? Status() : Status(stepped.error());
}

void Statement::reset() {
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

std::string_view Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(m_statement, column);
    return {static_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

void Statement::bindOne(int at, std::int64_t value) {
    sqlite3_bind_int64(m_statement, at, value);
}

void Statement::bindOne(int at, std::string_view value) {
    sqlite3_bind_text64(m_statement, at, value.data() ? value.data() : "", value.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bindOne(int at, const Blob& value) {
    sqlite3_bind_blob64(m_statement, at, value.bytes.data(), value.bytes.size(), SQLITE_STATIC);
}

void Statement::bindOne(int at, std::nullptr_t) {
    sqlite3_bind_null(m_statement, at);
}

Database::Database(DatabaseSettings settings)
    : m_settings(std::move(settings)), m_thread(std::this_thread::get_id()) {
    static std::atomic<int> counter{0};  // names of connections are global in Qt
    m_connection = QStringLiteral("hashira-%1").arg(++counter);
}

Database::~Database() {
    if (m_inTransaction) rollback();
    for (const auto& [sql, statements] : m_idle)
        for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseSettings& settings) {
    std::unique_ptr<Database> database(new Database(settings));
    Status good = settings.path == ":memory:" ? Status() : checkDatabaseFile(settings.path);
    if (good) good = database->connect();
    if (good) good = database->checkVersion();
    // Before anything is written: another program's file is left as it is.
    if (good) good = database->checkTables(false);
    if (good) good = database->configure();
    if (good) good = database->migrate();
    if (good) good = database->checkTables(true);
    if (good && database->m_settings.syncEveryCommit) good = database->sync();
    if (!good) return good.error();
    database->checkpointOnClose(true);
    return database;
}

Status Database::connect() {
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
    connection.setDatabaseName(QString::fromStdString(m_settings.path));
    connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=3000"));
    if (!connection.open()) {
        const QSqlError error = connection.lastError();
        return errorOf(error.nativeErrorCode().toInt(), error.text().toUtf8().constData(),
                       m_settings.path);
    }
    if (const Status same = useLibraryOf(connection); !same) return same;
    m_handle = *static_cast<sqlite3**>(connection.driver()->handle().data());
    sqlite3_extended_result_codes(m_handle, 1);
    checkpointOnClose(false);
    return {};
}

void Database::checkpointOnClose(bool on) {
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

Result<std::int64_t> Database::ask(const char* sql) {
    Statement statement = prepare(sql);
    if (const auto row = statement.step(); !row) return row.error();
    return statement.integer(0);
}

Status Database::checkVersion() {
    const auto version = ask("PRAGMA user_version");
    if (!version) return version.error();
    const auto tables = ask("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    if (*version < 0 || *version > kVersions || (*version == 0) != (*tables == 0)) {
        m_damaged = true;
        return Error{ErrorCode::kCorrupt, m_settings.path + ": is damaged: its version cannot be " +
                                              std::to_string(*version) + " with " +
                                              std::to_string(*tables) + " tables"};
    }
    if (*version <= static_cast<std::int64_t>(migrations(m_settings.schema).size())) return {};
    return Error{ErrorCode::kNewer, m_settings.path +
                                        ": was written by a newer version of Hashira; install that "
                                        "version. The file was left as it is"};
}

Status Database::checkTables(bool migrated) {
    const auto version = ask("PRAGMA user_version");
    if (!version) return version.error();
    const std::size_t count = migrated ? m_settings.tables.size() : *version == 0 ? 0 : 1;
    for (std::size_t i = 0; i < std::min(count, m_settings.tables.size()); ++i) {
        const std::string& table = m_settings.tables[i];
        const auto known = ask(("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name "
                                "= '" +
                                table + "'")
                                   .c_str());
        if (!known) return known.error();
        if (*known == 1) continue;
        m_damaged = true;
        return Error{ErrorCode::kCorrupt, m_settings.path + ": is no " + m_settings.schema +
                                              " database: it has no table " + table};
    }
    return {};
}

Status Database::configure() {
    if (const Status set = execute("PRAGMA journal_mode=WAL"); !set) return set;
    // Whoever waits for a commit must not wait for a checkpoint too.
    if (m_settings.syncEveryCommit) sqlite3_wal_hook(m_handle, &Database::onCommitted, this);
    // Pages of a transaction are written once, at its end, not each time that the cache is full:
    // the largest Send needs some 40 MB of the outbox. Memory follows the transaction up to that
    // many pages of 4 KB; the cache's own limit stays. A number whose last byte is 0 means "never"
    // to SQLite.
    const Status set = execute(m_settings.syncEveryCommit ? "PRAGMA cache_spill=16001"
                                                          : "PRAGMA cache_spill=4001");
    if (!set) return set;
    return execute(m_settings.syncEveryCommit
                       ? "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA foreign_keys=OFF"
                       : "PRAGMA synchronous=NORMAL");
}

Status Database::migrate() {
    const auto scripts = migrations(m_settings.schema);
    const auto version = ask("PRAGMA user_version");
    if (!version) return version.error();
    auto done = static_cast<std::size_t>(*version);
    for (; done < scripts.size(); ++done) {
        if (const Status begun = begin(); !begun) return begun;
        Status step = execute(scripts[done].toStdString());
        if (step) step = execute("PRAGMA user_version=" + std::to_string(done + 1));
        if (step) step = commit();
        if (!step) {
            rollback();
            return step;
        }
    }
    return {};
}

// A process that died between writing a commit and syncing it leaves it in the system's cache: read
// back, it looks like any other, and whoever asks is told that it is kept. So it must be.
Status Database::sync() {
    sqlite3_file* log = nullptr;
    sqlite3_file_control(m_handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log == nullptr || log->pMethods == nullptr) return {};
    sqlite3_int64 size = 0;
    int code = log->pMethods->xFileSize(log, &size);
    if (code == SQLITE_OK && size > 0) code = log->pMethods->xSync(log, SQLITE_SYNC_FULL);
    return code == SQLITE_OK ? Status() : errorOf(code, "its log cannot be synced", path());
}

void Database::guard() const {
    if (m_thread != std::this_thread::get_id()) qFatal("the store was used from a wrong thread");
}

void Database::holdBack(std::function<Status()> write, std::function<void()> drop) {
    m_write = std::move(write);
    m_drop = std::move(drop);
}

Status Database::writeHeldBack() {
    if (!m_write || m_writing) return {};
    m_writing = true;
    Status written = m_write();
    m_writing = false;
    return written;
}

Statement Database::prepare(std::string_view sql) {
    guard();
    Statement statement;
    statement.m_home = this;
    if (const Status written = writeHeldBack(); !written) {
        statement.m_unprepared = written.error();
        return statement;
    }
    if (const auto idle = m_idle.find(std::string(sql));
        idle != m_idle.end() && !idle->second.empty()) {
        statement.m_statement = idle->second.back();
        idle->second.pop_back();
        return statement;
    }
    const int code = sqlite3_prepare_v3(m_handle, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement.m_statement, nullptr);
    if (code == SQLITE_OK) return statement;
    statement.m_unprepared = lastError();
    if (code == SQLITE_ERROR) {
        // The SQL is tried by each test: what it does not fit is the file.
        m_damaged = true;
        statement.m_unprepared->code = ErrorCode::kCorrupt;
    }
    return statement;
}

int Database::onCommitted(void* self, sqlite3*, const char*, int frames) {
    static_cast<Database*>(self)->m_logFrames = frames;
    return SQLITE_OK;
}

void Database::checkpoint(int frames) {
    if (m_logFrames < frames) return;
    m_logFrames = 0;
    sqlite3_wal_checkpoint_v2(m_handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Database::leaveMemory() {
    sqlite3_db_release_memory(m_handle);
}

Status Database::execute(std::string_view sql) {
    guard();
    if (const Status written = writeHeldBack(); !written) return written;
    if (sqlite3_exec(m_handle, std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
        return {};
    return lastError();
}

Status Database::begin() {
    const Status begun = prepare("BEGIN IMMEDIATE").run();
    m_inTransaction = begun.ok();
    return begun;
}

Status Database::commit() {
    const Status done = prepare("COMMIT").run();
    if (done)
        m_inTransaction = false;
    else
        rollback();
    return done;
}

void Database::rollback() {
    // Some errors (a full disk) have rolled back already.
    if (!sqlite3_get_autocommit(m_handle))
        sqlite3_exec(m_handle, "ROLLBACK", nullptr, nullptr, nullptr);
    m_inTransaction = false;
    ++m_rollbacks;
    if (m_drop) m_drop();
}

std::vector<std::string> Database::check() {
    std::vector<std::string> findings;
    Statement statement = prepare("PRAGMA integrity_check(20)");
    for (;;) {
        const auto row = statement.step();
        if (!row) return {row.error().message};
        if (!*row) break;
        if (statement.text(0) != "ok")
            findings.push_back(path() + ": " + std::string(statement.text(0)));
    }
    if (!findings.empty()) m_damaged = true;
    return findings;
}

Error Database::lastError() {
    Error error =
        errorOf(sqlite3_extended_errcode(m_handle), sqlite3_errmsg(m_handle), m_settings.path);
    if (error.code == ErrorCode::kCorrupt) m_damaged = true;
    return error;
}

Meta::Meta(Database& database)
    : m_get(database.prepare("SELECT value FROM meta WHERE key = ?")),
      m_set(database.prepare("INSERT INTO meta (key, value) VALUES (?1, ?2) "
                             "ON CONFLICT (key) DO UPDATE SET value = ?2")) {}

Status Meta::read(std::string_view key, std::int64_t& value) {
    const auto row = m_get.bind(key).step();
    if (!row) return row.error();
    if (*row) value = m_get.integer(0);
    m_get.reset();
    return {};
}

Status Meta::read(std::string_view key, std::string& value) {
    const auto row = m_get.bind(key).step();
    if (!row) return row.error();
    if (*row) value = m_get.text(0);
    m_get.reset();
    return {};
}

Status Meta::set(std::string_view key, std::int64_t value) {
    return m_set.bind(key, value).run();
}

Status Meta::set(std::string_view key, std::string_view value) {
    return m_set.bind(key, value).run();
}

}  // namespace hashira::store

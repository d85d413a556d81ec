// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QSqlDatabase>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace hashira::store {

/// A prepared statement on a Database: kept, bound and stepped again and again. It speaks SQLite's
/// C interface on the connection that QSqlDatabase opened, because QSqlQuery boxes every value (a
/// row read costs twice as much). Bound text must live until the statement is reset. For the thread
/// of its Database.
class Statement {
public:
    Statement() = default;
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;

    /// Binds all parameters in order: integers, text, Blob, nullptr, optional<int64>.
    template <typename... Values>
    Statement& bind(const Values&... values) {
        reset();
        int at = 0;
        (bindOne(++at, values), ...);
        return *this;
    }
    /// Binds the parameters that follow `at` of them, and says how many are bound then: for
    /// statements of many rows. Reset it first.
    template <typename... Values>
    int bindAfter(int at, const Values&... values) {
        (bindOne(++at, values), ...);
        return at;
    }
    /// True: there is a row; false: done. Fails with the database's error.
    Result<bool> step();
    /// Steps a statement that gives no rows.
    Status run();
    void reset();

    std::int64_t integer(int column) const;
    /// Valid until the next step or reset.
    std::string_view text(int column) const;
    bool isNull(int column) const;

private:
    friend class Database;
    void bindOne(int at, std::int64_t value);
    void bindOne(int at, std::uint64_t value) { bindOne(at, static_cast<std::int64_t>(value)); }
    void bindOne(int at, int value) { bindOne(at, static_cast<std::int64_t>(value)); }
    void bindOne(int at, std::uint32_t value) { bindOne(at, static_cast<std::int64_t>(value)); }
    void bindOne(int at, std::string_view value);
    void bindOne(int at, const std::string& value) { bindOne(at, std::string_view(value)); }
    void bindOne(int at, const char* value) { bindOne(at, std::string_view(value)); }
    void bindOne(int at, const struct Blob& value);
    void bindOne(int at, std::nullptr_t);
    template <typename T>
    void bindOne(int at, const std::optional<T>& value) {
        value ? bindOne(at, *value) : bindOne(at, nullptr);
    }

    sqlite3_stmt* m_statement = nullptr;
    std::optional<Error> m_unprepared;  ///< why there is no m_statement
    class Database* m_home = nullptr;   ///< takes the prepared statement back for the next who asks
};

/// Bytes to bind as a BLOB.
struct Blob {
    std::string_view bytes;
};

struct DatabaseSettings {
    std::string path;    ///< ":memory:" for tests
    std::string schema;  ///< the name of the migrations: "outbox" or "documents"
    /// That it has when all migrations are in; the first one from the first on.
    std::vector<std::string> tables;
    bool syncEveryCommit = true;  ///< synchronous FULL, else NORMAL
};

/// One SQLite file with its migrations: the resources :/sql/local/NNN_<schema>.sql, applied in
/// order, the number of the last one in user_version. One connection, for the thread that opened
/// it.
class Database {
public:
    /// Errors: kNewer (user_version is above ours), kCorrupt, kBusy, kDiskFull, kInternal. A file
    /// that is merely busy or locked never counts as corrupt. A file that is refused keeps each of
    /// its bytes, and so does its log.
    static Result<std::unique_ptr<Database>> open(const DatabaseSettings& settings);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A prepared statement, used before or new: asking again for the same SQL is cheap.
    /// Where it cannot be prepared, its steps fail with the reason: kCorrupt where the file does
    /// not have the tables and columns that the SQL names.
    Statement prepare(std::string_view sql);
    Status execute(std::string_view sql);

    /// BEGIN IMMEDIATE.
    Status begin();
    Status commit();
    void rollback();
    bool inTransaction() const { return m_inTransaction; }
    /// `write` writes what its owner holds back in memory, `drop` forgets it. The first is called
    /// before anything is prepared or executed, and so before each commit, whose end it shares; the
    /// second in each rollback.
    void holdBack(std::function<Status()> write, std::function<void()> drop);
    /// Counts rollbacks: what was remembered of the file before one may be wrong.
    std::uint64_t rollbacks() const { return m_rollbacks; }

    /// Copies the log back into the file where it has grown beyond `frames` pages. To be called
    /// when nobody waits: files with syncEveryCommit never do it within a commit.
    void checkpoint(int frames = 1'000);
    /// Forgets the pages of the file that it has in memory. To be called when nobody waits.
    void leaveMemory();
    /// Makes durable what was committed: for files without syncEveryCommit, whose commits a power
    /// cut may take back.
    Status sync();

    /// Whether SQLite has found the file damaged, whatever it was asked for then.
    bool damaged() const { return m_damaged; }

    /// SQLite's own check; empty where all is well.
    std::vector<std::string> check();

    /// The connection's C handle, for backup and for tests.
    sqlite3* handle() const { return m_handle; }
    const std::string& path() const { return m_settings.path; }
    /// The last error of the connection as ours.
    Error lastError();

private:
    explicit Database(DatabaseSettings settings);
    Status connect();
    Status checkVersion();
    Status configure();
    Status migrate();
    /// All tables, or before the migrations the first one, which each version has.
    Status checkTables(bool migrated);
    /// A refused file's log must not be copied into it when the connection closes.
    void checkpointOnClose(bool on);
    Result<std::int64_t> ask(const char* sql);
    void guard() const;
    Status writeHeldBack();
    friend class Statement;
    static int onCommitted(void* self, sqlite3*, const char*, int frames);

    DatabaseSettings m_settings;
    QString m_connection;
    sqlite3* m_handle = nullptr;
    bool m_inTransaction = false;
    bool m_damaged = false;
    std::uint64_t m_rollbacks = 0;
    int m_logFrames = 0;
    std::function<Status()> m_write;  ///< of holdBack()
    std::function<void()> m_drop;     ///< of holdBack()
    bool m_writing = false;           ///< m_write runs, and may prepare
    std::unordered_map<std::string, std::vector<sqlite3_stmt*>>
        m_idle;  ///< prepared statements by SQL
    std::thread::id m_thread;
};

/// Begins at once; rolls back unless committed.
class Transaction {
public:
    explicit Transaction(Database& database) : m_database(database), m_begun(database.begin()) {}
    ~Transaction() {
        if (m_begun && m_database.inTransaction()) m_database.rollback();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    const Status& begun() const { return m_begun; }
    Status commit() { return m_database.commit(); }

private:
    Database& m_database;
    Status m_begun;
};

/// The table `meta` of both files.
class Meta {
public:
    explicit Meta(Database& database);
    /// Into `value`, which stays as it is where the key is absent.
    Status read(std::string_view key, std::int64_t& value);
    Status read(std::string_view key, std::string& value);
    /// Reads key after key, until one cannot be read.
    template <typename Value, typename... More>
    Status read(std::string_view key, Value& value, std::string_view nextKey, More&... more) {
        const Status done = read(key, value);
        return done ? read(nextKey, more...) : done;
    }
    Status set(std::string_view key, std::int64_t value);
    Status set(std::string_view key, std::string_view value);

private:
    Statement m_get;
    Statement m_set;
};

}  // namespace hashira::store

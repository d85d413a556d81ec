// SPDX-License-Identifier: MIT
#include "store/database.h"

#include "base/database_file.h"
#include "store/documents.h"
#include "store/outbox.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

namespace {

using namespace hashira;
using namespace hashira::store;

/// What is opened: the file's name, and the error's code or nothing where it is good.
std::optional<ErrorCode> openOutbox(const std::string& path) {
    const auto opened = Outbox::open(path, "device");
    return opened ? std::nullopt : std::optional(opened.error().code);
}

std::optional<ErrorCode> openDocuments(const std::string& path) {
    const auto opened = Documents::open(path);
    return opened ? std::nullopt : std::optional(opened.error().code);
}

class DatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void damagedFilesAreRefusedUntouched_data();
    void damagedFilesAreRefusedUntouched();
    void aRefusedFileKeepsItsLog();
    void aLogWithoutItsFileIsKept();
    void whatIsLockedIsNotDamaged();
    void damageFoundLaterIsRemembered();
    void aLargeTransactionDoesNotFillTheMemory();

private:
    std::string path(const char* name) const {
        return m_directory.filePath(QString::fromUtf8(name)).toStdString();
    }
    QByteArray read(const std::string& path) const {
        QFile file(QString::fromStdString(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const std::string& path, const QByteArray& bytes) const {
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    void run(const std::string& path, const char* sql) const {
        sqlite3* handle = nullptr;
        QCOMPARE(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        QCOMPARE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(handle);
    }

    QTemporaryDir m_directory;
};

void DatabaseTest::damagedFilesAreRefusedUntouched_data() {
    QTest::addColumn<int>("cut");          // the file's length, or -1
    QTest::addColumn<QByteArray>("head");  // written over its beginning
    QTest::addColumn<QString>("sql");      // run on it
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, int cut, const QByteArray& head, const char* sql,
                        ErrorCode code) {
        QTest::newRow(name) << cut << head << QString::fromUtf8(sql) << static_cast<int>(code);
    };
    row("cut to a byte", 1, {}, "", ErrorCode::kCorrupt);
    row("cut to its header", 100, {}, "", ErrorCode::kCorrupt);
    row("cut to 511 bytes", 511, {}, "", ErrorCode::kCorrupt);
    row("cut to 512 bytes", 512, {}, "", ErrorCode::kCorrupt);
    row("cut to a page", 4096, {}, "", ErrorCode::kCorrupt);
    row("another header", -1, QByteArray(16, 'x'), "", ErrorCode::kCorrupt);
    row("short text", 12, QByteArray("shopping list"), "", ErrorCode::kCorrupt);
    row("a newer version", -1, {}, "PRAGMA user_version = 99", ErrorCode::kNewer);
    row("a version below none", -1, {}, "PRAGMA user_version = -7", ErrorCode::kCorrupt);
    row("a version beyond all", -1, {}, "PRAGMA user_version = 2000000000", ErrorCode::kCorrupt);
    row("a version of none", -1, {}, "PRAGMA user_version = 0", ErrorCode::kCorrupt);
    row("a table is missing", -1, {}, "DROP TABLE meta", ErrorCode::kCorrupt);
    row("a column is missing", -1, {}, "ALTER TABLE meta RENAME COLUMN value TO v",
        ErrorCode::kCorrupt);
}

void DatabaseTest::damagedFilesAreRefusedUntouched() {
    QFETCH(int, cut);
    QFETCH(QByteArray, head);
    QFETCH(QString, sql);
    QFETCH(int, code);
    for (const auto& [name, open] :
         {std::pair("outbox.db", &openOutbox), std::pair("documents.db", &openDocuments)}) {
        const std::string file = path(name);
        QFile::remove(QString::fromStdString(file));
        QCOMPARE(open(file), std::nullopt);
        if (!sql.isEmpty()) run(file, sql.toUtf8().constData());
        QByteArray bytes = read(file);
        if (cut >= 0) bytes.truncate(cut);
        bytes.replace(0, head.size(), head);
        write(file, bytes);
        const auto refused = open(file);
        QVERIFY2(refused, name);
        QCOMPARE(static_cast<int>(*refused), code);
        QVERIFY2(read(file) == bytes, name);
    }
}

void DatabaseTest::aRefusedFileKeepsItsLog() {
    // As a newer program leaves it that was killed: the version stands in the log alone.
    const std::string file = path("killed.db");
    QCOMPARE(openOutbox(file), std::nullopt);
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, "PRAGMA user_version = 99", nullptr, nullptr, nullptr),
             SQLITE_OK);
    const std::string copy = path("copy.db");
    write(copy, read(file));
    write(copy + "-wal", read(file + "-wal"));
    sqlite3_close(handle);
    const QByteArray held = read(copy), log = read(copy + "-wal");
    QVERIFY(!log.isEmpty());
    QCOMPARE(openOutbox(copy), ErrorCode::kNewer);
    QVERIFY(read(copy) == held);
    QVERIFY(read(copy + "-wal") == log);
}

void DatabaseTest::aLogWithoutItsFileIsKept() {
    const std::string file = path("lost.db");
    write(file + "-wal", QByteArray(5'000, 'w'));
    QCOMPARE(openOutbox(file), ErrorCode::kCorrupt);
    write(file, {});
    QCOMPARE(openOutbox(file), ErrorCode::kCorrupt);
    QCOMPARE(read(file + "-wal").size(), 5'000);
}

void DatabaseTest::whatIsLockedIsNotDamaged() {
    const std::string file = path("locked.db");
    QCOMPARE(openDocuments(file), std::nullopt);
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", nullptr,
                          nullptr, nullptr),
             SQLITE_OK);
    QCOMPARE(openDocuments(file), ErrorCode::kBusy);
    sqlite3_close(handle);
}

void DatabaseTest::damageFoundLaterIsRemembered() {
    const std::string file = path("later.db");
    QCOMPARE(openDocuments(file), std::nullopt);
    QByteArray bytes = read(file);
    bytes.replace(4096, bytes.size() - 4096, QByteArray(bytes.size() - 4096, '\xa5'));
    write(file, bytes);
    auto opened = Database::open({file, "documents", {}, false});
    QVERIFY(opened.ok());
    QVERIFY(!(*opened)->damaged());
    const auto row = (*opened)->prepare("SELECT count(*) FROM documents").step();
    QCOMPARE(row.error().code, ErrorCode::kCorrupt);
    QVERIFY((*opened)->damaged());
}

void DatabaseTest::aLargeTransactionDoesNotFillTheMemory() {
    const auto documents = Documents::open(path("large.db"));
    QVERIFY(documents.ok());
    const std::string chunk(1'000'000, 'x');
    Transaction transaction((*documents)->database());
    QVERIFY(transaction.begun().ok());
    for (int i = 0; i < 150; ++i) QVERIFY((*documents)->stage(chunk).ok());
    // Of this connection: on Windows QSQLITE has a copy of SQLite with counts of its own.
    int bytes = 0, highest = 0;
    QCOMPARE(sqlite3_db_status((*documents)->database().handle(), SQLITE_DBSTATUS_CACHE_USED,
                               &bytes, &highest, 0),
             SQLITE_OK);
    QVERIFY2(bytes > 1'000'000 && bytes < 32'000'000, qPrintable(QString::number(bytes)));
    QVERIFY(transaction.commit().ok());
}

}  // namespace

QTEST_GUILESS_MAIN(DatabaseTest)
#include "database_test.moc"

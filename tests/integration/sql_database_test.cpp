// SPDX-License-Identifier: MIT
#include "datastore/accounts.h"
#include "datastore/ledger.h"
#include "datastore/postgresql_session.h"
#include "datastore/sql_repository.h"
#include "support/cut_transaction.h"
#include "support/postgresql_fixture.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QtTest>

#include <libpq-fe.h>

#include <cstring>
#include <future>
#include <thread>

using namespace hashira;
using datastore::AccountKey;
using datastore::Scope;
using datastore::SqlDatabase;
using datastore::StoredDocument;
using test::Databases;
namespace accounts = datastore::accounts;

namespace {

constexpr int kLimitMs = 20'000;

/// Documents of the first format; letters of two bytes.
constexpr const char* kLives = R"({"fields":{"name":["größer","4.0.d1"]},"id":"1"})";
constexpr const char* kDeleted =
    R"({"fields":{"deleted":[true,"5.0.d1"],"name":["ü","4.0.d1"]},"id":"2"})";

std::unique_ptr<SqlDatabase> opened(const datastore::DatabaseUrl& url) {
    auto database = SqlDatabase::open(url);
    if (!database) qFatal("%s", database.error().message.c_str());
    return std::move(*database);
}

AccountKey added(SqlDatabase& database, const std::string& name) {
    const SystemClock clock;
    SystemRandom random;
    return *accounts::find(database, *accounts::add(database, name, {}, clock, random));
}

std::unique_ptr<datastore::Transaction> begun(SqlDatabase& database, Scope::Mode mode,
                                              const AccountKey& account) {
    auto transaction = datastore::beginTransaction(database, mode, account);
    if (!transaction) qFatal("%s", transaction.error().message.c_str());
    return std::move(*transaction);
}

/// One more version of the account.
Status advance(datastore::Transaction& transaction) {
    auto state = transaction.account();
    if (!state) return state.error();
    state->cursor = {state->cursor.version + 1, "t"};
    return transaction.saveAccount(*state, 1);
}

std::string taskId(int n) {
    return QString::asprintf("00000000-0000-7000-8000-%012d", n).toStdString();
}

sync::NumberedCommand numbered(std::uint64_t number, const std::string& payload) {
    const auto id = QString::asprintf("00000000-0000-4000-8000-%012d", static_cast<int>(number));
    return {number, {id.toStdString(), What::kNew, {}, payload, {1, 0, "d1"}}, false, false};
}

}  // namespace

/// What a database does beyond what its SQL says: locks, snapshots, streams, lost connections.
class SqlDatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { Databases::addRows(); }
    void severalStartAtOnce();
    void severalMigrateAtOnce();
    void oneWriterOfAnAccount();
    void writersOfTwoAccounts();
    void aReaderSeesOneSnapshot();
    void aStreamOfManyRows();
    void manyDocumentsAtOnce();
    void aLateErrorIsTold();
    void aNumberThatIsAnothersNow();
    void aLostConnection();
    void anAnswerIsNeverAnothers();
    void aConnectionCutInAnyStep();
    void aCommitWhoseAnswerIsLost();
    void aWriterThatStops();
    void anotherEncodingIsRefused();
    void anEarlierFormatIsMigrated();
    void urls_data();
    void urls();

private:
    static QStringList firstFormat();
    static void runAll(const datastore::DatabaseUrl& url, const QStringList& statements);
    /// Several programs open it at once, and none of them fails.
    static void startTogether(const datastore::DatabaseUrl& url);

    /// Ends all connections of the program, from the side of the server.
    void hangUp() {
        m_databases.sql(
            "SELECT count(pg_terminate_backend(pid, 20000)) FROM pg_stat_activity "
            "WHERE application_name = 'hashira-datastored'");
    }

    Databases m_databases;
};

void SqlDatabaseTest::startTogether(const datastore::DatabaseUrl& url) {
    std::vector<std::future<Status>> starts;
    for (int i = 0; i < 8; ++i)
        starts.push_back(std::async(std::launch::async, [&] {
            const auto database = SqlDatabase::open(url);
            return database ? Status() : Status(database.error());
        }));
    for (auto& start : starts) {
        const Status status = start.get();
        QVERIFY2(status.ok(), status ? "" : status.error().message.c_str());
    }
}

void SqlDatabaseTest::severalStartAtOnce() {
    // On a new SQLite file they meet in other places each time, and it is quick.
    const int rounds = Databases::postgresql() ? 1 : 40;
    for (int round = 0; round < rounds; ++round) {
        const auto url = m_databases.make();
        startTogether(url);
        if (QTest::currentTestFailed()) return;
        const auto database = opened(url);
        QCOMPARE(added(*database, "me").id.size(), std::size_t(36));
    }
}

void SqlDatabaseTest::severalMigrateAtOnce() {
    // Of an earlier format, with what is in it: a step that ran twice would fail, or count twice.
    const int rounds = Databases::postgresql() ? 2 : 20;
    for (int round = 0; round < rounds; ++round) {
        const auto url = m_databases.make();
        runAll(url, firstFormat());
        if (QTest::currentTestFailed()) return;
        startTogether(url);
        if (QTest::currentTestFailed()) return;
        const auto database = opened(url);
        const auto owner = accounts::ownerOf(*database, "hash");
        QVERIFY(owner.ok() && *owner);
        const auto transaction = begun(*database, Scope::Mode::kRead, (*owner)->account);
        QCOMPARE(transaction->account()->bytes,
                 static_cast<std::int64_t>(std::strlen(kLives) + std::strlen(kDeleted)));
        QVERIFY(transaction->document("1")->has_value());
    }
}

void SqlDatabaseTest::oneWriterOfAnAccount() {
    const auto url = m_databases.make();
    const auto database = opened(url);
    const AccountKey account = added(*database, "me");
    auto first = begun(*database, Scope::Mode::kWrite, account);
    QVERIFY(advance(*first).ok());
    std::promise<void> tried;
    auto second = std::async(std::launch::async, [&] {
        const auto other = opened(url);
        tried.set_value();
        const auto transaction = begun(*other, Scope::Mode::kWrite, account);
        const std::uint64_t version = transaction->account()->cursor.version;
        return advance(*transaction) && transaction->commit() ? version : 99;
    });
    tried.get_future().wait();
    QVERIFY(second.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
    QVERIFY(first->commit().ok());
    first.reset();
    QCOMPARE(second.get(), std::uint64_t(1));
    QCOMPARE(begun(*database, Scope::Mode::kRead, account)->account()->cursor.version,
             std::uint64_t(2));
}

void SqlDatabaseTest::writersOfTwoAccounts() {
    if (!Databases::postgresql()) return;  // SQLite's lock is the file's
    const auto url = m_databases.make();
    const auto one = opened(url);
    const auto two = opened(url);
    const AccountKey account = added(*one, "me");
    const AccountKey other = added(*one, "other");
    const auto first = begun(*one, Scope::Mode::kWrite, account);
    QVERIFY(advance(*first).ok());
    const auto second = begun(*two, Scope::Mode::kWrite, other);
    QVERIFY(advance(*second).ok());
    QVERIFY(second->commit().ok());
    QVERIFY(first->commit().ok());
}

void SqlDatabaseTest::aReaderSeesOneSnapshot() {
    const auto url = m_databases.make();
    const auto one = opened(url);
    const auto two = opened(url);
    const AccountKey account = added(*one, "me");
    const auto reader = begun(*one, Scope::Mode::kRead, account);
    QCOMPARE(reader->account()->cursor.version, std::uint64_t(0));
    const auto writer = begun(*two, Scope::Mode::kWrite, account);
    QVERIFY(writer->saveDocument(taskId(1), "{}", 1, Bucket{}, 0).ok());
    QVERIFY(writer->saveDevice("d1", {7, chainStart()}).ok());
    QVERIFY(advance(*writer).ok());
    QVERIFY(writer->commit().ok());
    QVERIFY(!reader->document(taskId(1))->has_value());
    QCOMPARE(reader->device("d1")->last, std::uint64_t(0));
    QVERIFY(*reader->knowsCursor({1, "t"}) == datastore::Known::kNo);
}

void SqlDatabaseTest::aStreamOfManyRows() {
    constexpr int kTasks = 3'000;
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    const auto writer = begun(*database, Scope::Mode::kWrite, account);
    // Longer and longer, quoted, and beyond ASCII.
    const auto body = [](int i) { return "{\"n\":\"\\u0001\\\"ü" + std::string(i, 'x') + "\"}"; };
    for (int i = 0; i < kTasks; ++i)
        QVERIFY(writer->saveDocument(taskId(i), body(i), 1 + i / 1'000, Bucket{i % 3}, 0).ok());
    QVERIFY(advance(*writer).ok());
    QVERIFY(writer->commit().ok());
    const auto reader = begun(*database, Scope::Mode::kRead, account);
    for (const int end : {kTasks, 60, 1}) {
        int seen = 0;
        std::string before;
        const Status read = reader->documentsSince(
            0, [&](const std::string& id, Bucket bucket, const StoredDocument& document) {
                const bool right = id == taskId(seen) && document.text == body(seen) &&
                                   bucket.number == seen % 3 && id > before;
                before = id;
                return right && ++seen < end ? Status() : invalid("enough");
            });
        QCOMPARE(seen, end);
        QVERIFY(!read.ok());
        // The transaction goes on where a stream was left early.
        QVERIFY(reader->document(taskId(5))->has_value());
    }
    int open = 0;
    const sync::Scope weeks{Week{0}, Week{1}, false};
    QVERIFY(reader->documentsOf(weeks, [&](const std::string&, Bucket bucket, const auto&) {
        return bucket.number < 2 ? (++open, Status()) : invalid("another bucket");
    }));
    QCOMPARE(open, kTasks / 3 * 2);
}

void SqlDatabaseTest::manyDocumentsAtOnce() {
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    const auto writer = begun(*database, Scope::Mode::kWrite, account);
    QVERIFY(writer->readAhead({}).ok());
    QVERIFY(writer->readAhead({{taskId(2), taskId(1), taskId(2)}}).ok());
    QVERIFY(!writer->document(taskId(2))->has_value());
    for (const int i : {1, 2, 3})
        QVERIFY(writer->saveDocument(taskId(i), std::string(1, char('0' + i)), 1, {}, 0).ok());
    // What was written, also where it was read before.
    QCOMPARE(writer->document(taskId(2))->value().text, std::string("2"));
    QVERIFY(writer->saveDocument(taskId(2), "two", 2, {}, 0).ok());
    QVERIFY(writer->readAhead({{taskId(4), taskId(3), taskId(2)}}).ok());
    QCOMPARE(writer->document(taskId(2))->value().text, std::string("two"));
    QCOMPARE(writer->document(taskId(2))->value().version, std::uint64_t(2));
    QCOMPARE(writer->document(taskId(3))->value().text, std::string("3"));
    QVERIFY(!writer->document(taskId(4))->has_value());
}

void SqlDatabaseTest::aLateErrorIsTold() {
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    {
        const auto writer = begun(*database, Scope::Mode::kWrite, account);
        QVERIFY(writer->saveDevice("d1", {7, chainStart()}).ok());
        // The second is refused by the table's key, at once or with the commit.
        bool good = true;
        for (int i = 0; i < 2; ++i) good = good && writer->addRefusal("d1", {1, "r"}, 1);
        good = good && writer->commit();
        QVERIFY(!good);
    }
    const auto reader = begun(*database, Scope::Mode::kRead, account);
    QCOMPARE(reader->device("d1")->last, std::uint64_t(0));
}

void SqlDatabaseTest::aNumberThatIsAnothersNow() {
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    QVERIFY(accounts::remove(*database, "me").ok());
    const AccountKey other = added(*database, "other");
    for (const AccountKey& key : {account, AccountKey{other.number, account.id}}) {
        const auto transaction = datastore::beginTransaction(*database, Scope::Mode::kRead, key);
        QVERIFY(!transaction.ok());
        QVERIFY(transaction.error().code == ErrorCode::kUnauthenticated);
    }
}

void SqlDatabaseTest::anAnswerIsNeverAnothers() {
    if (!Databases::postgresql()) return;
    datastore::PostgresqlSession session(m_databases.make());
    QVERIFY(session.open().ok());
    QVERIFY(session.send("SELECT 'first'").ok());
    // More values than libpq sends: what was sent before is answered nonetheless.
    datastore::PostgresqlValues tooMany;
    for (int i = 0; i < 70'000; ++i) tooMany.add(std::int64_t(i));
    QVERIFY(!session.send("SELECT 1", tooMany).ok());
    for (int i = 0; i < 3; ++i) {
        if (!session.alive()) QVERIFY(session.open().ok());
        QVERIFY(session.send("SELECT 'second'").ok());
        const auto answer = session.collect();
        QVERIFY2(answer.ok(), answer ? "" : answer.error().message.c_str());
        QCOMPARE(PQntuples(answer->get()), 1);
        QCOMPARE(std::string(PQgetvalue(answer->get(), 0, 0)), std::string("second"));
    }
}

void SqlDatabaseTest::aLostConnection() {
    if (!Databases::postgresql()) return;
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    // In a transaction it is told, and nothing of it stays.
    for (const bool atCommit : {false, true}) {
        auto writer = begun(*database, Scope::Mode::kWrite, account);
        QVERIFY(advance(*writer).ok());
        hangUp();
        const Status lost = atCommit ? writer->commit() : Status(writer->device("d1").error());
        QVERIFY(!lost.ok());
        QVERIFY2(lost.error().code == ErrorCode::kUnavailable, lost.error().message.c_str());
        writer.reset();
        writer = begun(*database, Scope::Mode::kWrite, account);
        QCOMPARE(writer->account()->cursor.version, std::uint64_t(0));
    }
    // Between two it is not noticed.
    hangUp();
    QVERIFY(accounts::list(*database).ok());
    hangUp();
    QCOMPARE(begun(*database, Scope::Mode::kRead, account)->account()->cursor.version,
             std::uint64_t(0));
}

void SqlDatabaseTest::aConnectionCutInAnyStep() {
    if (!Databases::postgresql()) return;
    constexpr std::uint64_t kCommands = 3;
    const auto database = opened(m_databases.make());
    const AccountKey account = added(*database, "me");
    const std::string incarnation =
        begun(*database, Scope::Mode::kRead, account)->account()->incarnation;
    int cuts = 0;
    for (;; ++cuts) {
        const std::string device = "d" + std::to_string(cuts);
        const auto payload = [&](int n) {
            return "{\"id\":\"" + taskId(2 * cuts + n) + "\",\"name\":\"n\"}";
        };
        const sync::ApplyRequest request{
            incarnation,
            device,
            chainStart(),
            {numbered(1, payload(0)), numbered(2, "{}"), numbered(kCommands, payload(1))}};
        bool reached = false;
        const auto apply = [&](int nth) -> Status {
            auto whole = datastore::beginTransaction(*database, Scope::Mode::kWrite, account);
            if (!whole) return whole.error();
            test::CutTransaction transaction(**whole, nth, [&] { reached = true, hangUp(); });
            const auto answer = datastore::ledger::apply(transaction, request, {1, "t", "v"});
            return answer ? transaction.commit() : Status(answer.error());
        };
        const Status cut = apply(cuts + 1);
        QCOMPARE(cut.ok(), !reached);
        if (!reached) break;
        QVERIFY2(cut.error().code == ErrorCode::kUnavailable, cut.error().message.c_str());
        // Nothing of it was kept, and sent again it is applied.
        {
            const auto reader = begun(*database, Scope::Mode::kRead, account);
            QCOMPARE(reader->device(device)->last, std::uint64_t(0));
            QVERIFY(reader->refusals(device, 0)->empty());
            QVERIFY(!reader->document(taskId(2 * cuts))->has_value());
        }
        QVERIFY(apply(0).ok());
    }
    QVERIFY2(cuts >= 9, qPrintable(QString::number(cuts)));
    const auto reader = begun(*database, Scope::Mode::kRead, account);
    int tasks = 0;
    QVERIFY(reader->documentsSince(
        0, [&](const std::string&, Bucket, const auto&) { return ++tasks, Status(); }));
    QCOMPARE(tasks, 2 * (cuts + 1));
    for (int i = 0; i <= cuts; ++i) {
        const std::string device = "d" + std::to_string(i);
        QCOMPARE(reader->device(device)->last, kCommands);
        QCOMPARE(reader->refusals(device, 0)->size(), std::size_t(1));
    }
}

void SqlDatabaseTest::aCommitWhoseAnswerIsLost() {
    if (!Databases::postgresql()) return;
    const auto url = m_databases.make();
    const auto database = opened(url);
    const AccountKey account = added(*database, "me");
    const std::string incarnation =
        begun(*database, Scope::Mode::kRead, account)->account()->incarnation;
    const sync::ApplyRequest request{
        incarnation,
        "d1",
        chainStart(),
        {numbered(1, "{\"id\":\"" + taskId(1) + "\",\"name\":\"n\"}")}};
    const auto apply = [&](SqlDatabase& by) -> Status {
        auto transaction = datastore::beginTransaction(by, Scope::Mode::kWrite, account);
        if (!transaction) return transaction.error();
        const auto answer = datastore::ledger::apply(**transaction, request, {1, "t", "v"});
        return answer ? (*transaction)->commit() : Status(answer.error());
    };
    // The commit is on the server's disk and waits for a standby that there is not, and is cut.
    m_databases.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    m_databases.sql("SELECT pg_reload_conf()");
    auto cut = std::async(std::launch::async, [&] { return apply(*opened(url)); });
    const std::string waiting =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = "
        "'SyncRep'";
    bool ended = false;
    const auto end = [&] { return ended = ended || m_databases.sql(waiting) == "1"; };
    QTRY_VERIFY_WITH_TIMEOUT(end(), kLimitMs);
    const Status lost = cut.get();
    m_databases.sql("ALTER SYSTEM RESET synchronous_standby_names");
    m_databases.sql("SELECT pg_reload_conf()");
    QVERIFY(!lost.ok());
    QVERIFY2(lost.error().code == ErrorCode::kUnavailable, lost.error().message.c_str());
    // It was applied. Sent again, as the daemon does, it is known by its number and chain.
    QVERIFY(apply(*database).ok());
    const auto reader = begun(*database, Scope::Mode::kRead, account);
    QCOMPARE(reader->account()->cursor.version, std::uint64_t(1));
    QCOMPARE(reader->device("d1")->last, std::uint64_t(1));
    QVERIFY(reader->document(taskId(1))->has_value());
}

void SqlDatabaseTest::aWriterThatStops() {
    if (!Databases::postgresql()) return;
    const auto url = m_databases.make();
    const auto one = opened(url);
    const auto two = opened(url);
    const AccountKey account = added(*one, "me");
    const auto stopped = begun(*one, Scope::Mode::kWrite, account);
    QVERIFY(advance(*stopped).ok());
    QVERIFY(stopped->knowsCursor({1, "t"}).ok());
    // It does nothing any more, and the next one gets the lock all the same.
    auto next = begun(*two, Scope::Mode::kWrite, account);
    QCOMPARE(next->account()->cursor.version, std::uint64_t(0));
    QVERIFY(advance(*next).ok() && next->commit().ok());
    const Status late = stopped->commit();
    QVERIFY(!late.ok());
    QVERIFY2(late.error().code == ErrorCode::kUnavailable, late.error().message.c_str());
}

void SqlDatabaseTest::anotherEncodingIsRefused() {
    if (!Databases::postgresql()) return;
    auto url = m_databases.make();
    const std::string name = m_databases.sql("SELECT current_database()", url);
    m_databases.sql("CREATE DATABASE latin_" + name +
                    " ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    url.postgresql.replace(url.postgresql.find("/" + name), name.size() + 1, "/latin_" + name);
    const auto database = SqlDatabase::open(url);
    QVERIFY(!database.ok());
    QVERIFY(database.error().code == ErrorCode::kPrecondition);
    QVERIFY2(database.error().message.find("UTF8") != std::string::npos,
             database.error().message.c_str());
}

/// A database of the first format, with an account, a task of which one is deleted, and a refusal.
QStringList SqlDatabaseTest::firstFormat() {
    const bool sqlite = !Databases::postgresql();
    QFile file(sqlite ? QStringLiteral(":/sql/datastore/sqlite/001_initial.sql")
                      : QStringLiteral(":/sql/datastore/postgresql/001_initial.sql"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("the migrations are missing");
    QStringList statements = QString::fromUtf8(file.readAll()).split(QStringLiteral(";\n"));
    if (sqlite)
        statements << QStringLiteral(
                          "INSERT INTO accounts VALUES (3, 'uuid', 'me', 'inc', 5, 'tok', 6, 7, 8)")
                   << QStringLiteral("PRAGMA user_version = 1")
                   << QStringLiteral("PRAGMA application_id = 1214334067");
    else
        statements << QStringLiteral("INSERT INTO accounts VALUES (3, 'uuid', 'me', 8)")
                   << QStringLiteral("INSERT INTO heads VALUES (3, 'uuid', 'inc', 5, 'tok', 6, 7)")
                   << QStringLiteral(
                          "CREATE TABLE hashira_schema (only_row BOOLEAN PRIMARY KEY DEFAULT true "
                          "CHECK (only_row), version INTEGER NOT NULL)")
                   << QStringLiteral("INSERT INTO hashira_schema (version) VALUES (1)");
    statements << QStringLiteral("INSERT INTO access_tokens VALUES ('hash', 3, 9, NULL)")
               << QStringLiteral("INSERT INTO versions VALUES (3, 5, 'tok')")
               << QStringLiteral("INSERT INTO devices VALUES (3, 'd1', 2, '00')")
               << QStringLiteral("INSERT INTO refusals VALUES (3, 'd1', 2, 'no')");
    int number = 0;
    for (const char* body : {kLives, kDeleted})
        statements << QStringLiteral("INSERT INTO documents VALUES (3, '%1', 1000000000, 5, '%2')")
                          .arg(++number)
                          .arg(QString::fromUtf8(body));
    return statements;
}

void SqlDatabaseTest::runAll(const datastore::DatabaseUrl& url, const QStringList& statements) {
    const bool sqlite = !Databases::postgresql();
    const auto connection = std::unique_ptr<PGconn, decltype(&PQfinish)>(
        sqlite ? nullptr : PQconnectdb(url.postgresql.c_str()), PQfinish);
    {
        QSqlDatabase file =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("old"));
        file.setDatabaseName(QString::fromStdString(url.path));
        QVERIFY(!sqlite || file.open());
        for (const QString& sql : statements) {
            if (sql.trimmed().isEmpty()) continue;
            if (sqlite) {
                QVERIFY2(QSqlQuery(file).exec(sql), qPrintable(sql));
            } else {
                const std::unique_ptr<PGresult, decltype(&PQclear)> done(
                    PQexec(connection.get(), sql.toUtf8().constData()), PQclear);
                QVERIFY2(PQresultStatus(done.get()) == PGRES_COMMAND_OK, qPrintable(sql));
            }
        }
    }
    QSqlDatabase::removeDatabase(QStringLiteral("old"));
}

void SqlDatabaseTest::anEarlierFormatIsMigrated() {
    const auto url = m_databases.make();
    runAll(url, firstFormat());
    if (QTest::currentTestFailed()) return;
    const std::int64_t beforeMs = SystemClock().nowMs() - 2'000;  // to the second, in SQL
    const auto database = opened(url);
    const auto owner = accounts::ownerOf(*database, "hash");
    QVERIFY(owner.ok() && *owner);
    QCOMPARE((*owner)->account.number, std::int64_t(3));
    const auto transaction = begun(*database, Scope::Mode::kWrite, (*owner)->account);
    const auto state = transaction->account();
    QCOMPARE(state->incarnation, std::string("inc"));
    QVERIFY((state->cursor == sync::Cursor{5, "tok"}));
    QVERIFY((state->greatest == HlcTime{6, 7}));
    QCOMPARE(state->bytes, static_cast<std::int64_t>(std::strlen(kLives) + std::strlen(kDeleted)));
    // What there was is kept from now on for as long as what comes.
    QCOMPARE(transaction->deletedBefore(beforeMs, 9)->size(), std::size_t(0));
    const std::int64_t laterMs = SystemClock().nowMs() + 2'000;
    QCOMPARE(*transaction->deletedBefore(laterMs, 9), std::vector<std::string>{"2"});
    QCOMPARE(*transaction->forgetRefusals(beforeMs, 9), 0);
    QCOMPARE(*transaction->forgetRefusals(laterMs, 9), 1);
    QCOMPARE(transaction->device("d1")->forgotten, std::uint64_t(2));
}

void SqlDatabaseTest::urls_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::newRow("sqlite") << "sqlite:/a/b.db"
                            << "/a/b.db";
    QTest::newRow("no path") << "sqlite:"
                             << "";
    QTest::newRow("neither") << "mysql://h/d"
                             << "";
    QTest::newRow("postgresql") << "postgresql://u:secret@h:5433/d?connect_timeout=3"
                                << "postgresql://h/d";
    QTest::newRow("postgres") << "postgres://u:sec%2Fret@h/d"
                              << "postgresql://h/d";
    QTest::newRow("a password among the options") << "postgresql://h/d?password=secret&user=u"
                                                  << "postgresql://h/d";
    QTest::newRow("sockets") << "postgresql:///d?host=/run/postgresql"
                             << "postgresql:///run/postgresql/d";
    QTest::newRow("several hosts") << "postgresql://a:1,b:2/d"
                                   << "postgresql://a,b/d";
    QTest::newRow("a bare slash in the password") << "postgresql://u:sec/ret@h/d"
                                                  << "";
    QTest::newRow("an option that libpq does not know") << "postgresql://h/d?secret=1"
                                                        << "";
    QTest::newRow("a semicolon") << "postgresql://h/d?options=a;b"
                                 << "";
}

void SqlDatabaseTest::urls() {
    QFETCH(QString, text);
    QFETCH(QString, shown);
    const auto url = datastore::DatabaseUrl::parse(text.toStdString());
    QCOMPARE(url ? url->shown() : std::string(), shown.toStdString());
    const std::string said = url ? url->shown() : url.error().message;
    QVERIFY(said.find("sec") == std::string::npos && said.find("ret") == std::string::npos);
}

QTEST_GUILESS_MAIN(SqlDatabaseTest)
#include "sql_database_test.moc"

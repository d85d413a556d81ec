// SPDX-License-Identifier: MIT
#include "base/limits.h"
#include "datastore/accounts.h"
#include "datastore/service.h"
#include "hashira/v1/datastore.grpc.pb.h"
#include "model/json.h"
#include "remote/link.h"
#include "support/datastore_fixture.h"
#include "support/postgresql_fixture.h"

#include <grpcpp/create_channel.h>

#include <QtTest>

using namespace hashira;
using namespace hashira::test;

class DatastoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { test::Databases::addRows(); }
    void helloAndApply();
    void tokens_data();
    void tokens();
    void revokedTokenEndsTheWatch();
    void everyWatcherIsTold();
    void malformedIsInvalid();
    void fetchWaitsForNext();
    void aSmallFetchIsOneMessage_data();
    void aSmallFetchIsOneMessage();
    void pushAndFetch();
    void closedLinkIsSilent();
    void serverRestart();
    void unreachable();
    void tlsFailuresAreDenied();
    void urls_data();
    void urls();
    void portIsNotShared();
    void beyondLoopbackIsRefused();
    void newerDatabaseIsRefused();
    void foreignDatabaseIsRefused();
    void accountMadeAgain();

private:
    test::Databases m_databases;
};

void DatastoreTest::helloAndApply() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({{{"d1", 0}}, sync::Cursor{7, "x"}, "1.0"}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    const sync::Hello hello = watched.hellos[0];
    QCOMPARE(hello.account, fixture.account);
    QVERIFY(!hello.incarnation.empty());
    QVERIFY(!hello.cursorKnown);
    QCOMPARE(hello.version, std::string("9.9"));
    QCOMPARE(hello.devices[0].hash, chainStart());
    const std::vector commands{named(1, "a"), numbered(2, "{}", What::kNew, {1, 0, "d1"})};
    const auto answer = applied(*link, {hello.incarnation, "d1", chainStart(), commands});
    QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
    QCOMPARE(answer->results.size(), std::size_t(2));
    QVERIFY(answer->results[0].refusal.empty() && !answer->results[1].refusal.empty());
    QCOMPARE(answer->cursor.version, std::uint64_t(1));
    QTRY_COMPARE_WITH_TIMEOUT(watched.versions.size(), std::size_t(1), 20'000);
    QCOMPARE(watched.versions[0], std::uint64_t(1));
    link->watch({{{"d1", 0}}, answer->cursor, "1.0"}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(2), 20'000);
    QVERIFY(watched.hellos[1].cursorKnown);
    QCOMPARE(watched.hellos[1].devices[0].last, std::uint64_t(2));
    QCOMPARE(watched.hellos[1].devices[0].refusals.size(), std::size_t(1));
    QVERIFY(watched.ends.empty());
}

void DatastoreTest::tokens_data() {
    QTest::addColumn<QString>("token");
    QTest::newRow("unknown") << QString(64, QLatin1Char('0'));
    QTest::newRow("none") << QString();
    QTest::newRow("no token at all") << QStringLiteral("a\nb");
}

void DatastoreTest::tokens() {
    QFETCH(QString, token);
    Fixture fixture(m_databases);
    const auto link = fixture.link(token.toStdString());
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), std::size_t(1), 20'000);
    QVERIFY(watched.ends[0].code == ErrorCode::kUnauthenticated);
    const auto answer = applied(*link, {"i", "d1", chainStart(), {named(1, "a")}});
    QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kUnauthenticated);
    std::optional<Result<sync::PushResponse>> pushed;
    link->push({"i", "[]"}, [&](auto result) { pushed = result; });
    Fetched fetched;
    link->fetch({}, fetched.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(pushed && fetched.end, 20'000);
    QVERIFY(pushed->error().code == ErrorCode::kUnauthenticated);
    QVERIFY(fetched.end->error().code == ErrorCode::kUnauthenticated);
    QVERIFY(watched.hellos.empty());
}

void DatastoreTest::revokedTokenEndsTheWatch() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(accounts::listTokens(*fixture.admin, "me")->front().usedMs, 20'000);
    QCOMPARE(*accounts::revokeTokens(*fixture.admin, "me", {}), 1);
    QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), std::size_t(1), 30'000);
    QVERIFY(watched.ends[0].code == ErrorCode::kUnauthenticated);
}

void DatastoreTest::everyWatcherIsTold() {
    Fixture fixture(m_databases);
    const auto first = fixture.link();
    const auto second = fixture.link();
    Watched one, two;
    first->watch({}, one.handlers());
    second->watch({}, two.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(one.hellos.size() == 1 && two.hellos.size() == 1, 20'000);
    std::vector<sync::NumberedCommand> commands;
    Hash previous = chainStart();
    for (std::uint64_t n = 1; n <= 20; ++n) {
        const auto command = named(n, "n" + std::to_string(n), static_cast<int>(n));
        const auto answer = applied(*first, {one.hellos[0].incarnation, "d1", previous, {command}});
        QVERIFY(answer.ok() && !answer->helloNeeded);
        previous = chainNext(previous, command.command.commandId, command.command.payload);
    }
    // Some may be merged, but the newest is always told, in ascending order.
    for (Watched* watched : {&one, &two}) {
        QTRY_VERIFY_WITH_TIMEOUT(!watched->versions.empty() && watched->versions.back() == 20,
                                 20'000);
        QVERIFY(std::is_sorted(watched->versions.begin(), watched->versions.end()));
    }
}

void DatastoreTest::malformedIsInvalid() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    const auto answer = applied(*link, {watched.hellos[0].incarnation, "d1", chainStart(), {}});
    QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kInvalid);
    QVERIFY(answer.error().message.find("commands") != std::string::npos);
}

void DatastoreTest::fetchWaitsForNext() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    const std::string incarnation = watched.hellos[0].incarnation;
    Hash previous = chainStart();
    constexpr int kTasks = 300;
    for (std::uint64_t n = 1; n <= kTasks; n += 30) {
        std::vector<sync::NumberedCommand> commands;
        for (std::uint64_t i = n; i < n + 30; ++i)
            commands.push_back(numbered(
                i,
                makePayload(taskId(static_cast<int>(i)),
                            {{"name", "\"n\""}, {"note", json::quoted(std::string(20'000, 'x'))}}),
                What::kNew, {1, 0, "d1"}));
        QVERIFY(applied(*link, {incarnation, "d1", previous, commands}).ok());
        for (const auto& c : commands)
            previous = chainNext(previous, c.command.commandId, c.command.payload);
    }
    Fetched fetched;
    fetched.goesOn = false;
    sync::FetchRequest request;
    request.incarnation = incarnation;
    request.scope.open = true;
    request.devices = {"d1"};
    link->fetch(request, fetched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(fetched.chunks.size(), std::size_t(1), 20'000);
    // While one reads slowly, another may write and fetch; the slow one's answer is of its
    // snapshot.
    const auto more = applied(*link, {incarnation, "d1", previous, {named(kTasks + 1, "z", 999)}});
    QVERIFY(more.ok() && !more->helloNeeded);
    QCOMPARE(fetched.chunks.size(), std::size_t(1));
    fetched.goesOn = true;
    fetched.next(true);
    QTRY_VERIFY_WITH_TIMEOUT(fetched.end, 20'000);
    QVERIFY(fetched.end->ok());
    QVERIFY(fetched.chunks.size() > 10);
    std::size_t count = 0;
    for (const auto& chunk : fetched.chunks)
        count += sync::parseDocuments(chunk.documentsJson)->size();
    QCOMPARE(count, std::size_t(kTasks));
    QCOMPARE(fetched.chunks.back().count, std::uint64_t(kTasks));
    QCOMPARE((*fetched.end)->state.devices[0].last, std::uint64_t(kTasks));
    QCOMPARE((*fetched.end)->state.cursor.version + 1, more->cursor.version);
}

void DatastoreTest::aSmallFetchIsOneMessage_data() {
    QTest::addColumn<bool>("beside");
    QTest::addColumn<int>("messages");
    QTest::newRow("the state beside the chunk") << true << 1;
    QTest::newRow("a daemon that does not know of that") << false << 2;
}

void DatastoreTest::aSmallFetchIsOneMessage() {
    QFETCH(bool, beside);
    QFETCH(int, messages);
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    const std::string incarnation = watched.hellos[0].incarnation;
    QVERIFY(applied(*link, {incarnation, "d1", chainStart(), {named(1, "a")}}).ok());

    const auto channel =
        grpc::CreateChannel(fixture.endpoint.target(), grpc::InsecureChannelCredentials());
    const auto stub = v1::Datastore::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    context.AddMetadata("authorization", "Bearer " + fixture.token);
    v1::FetchRequest request;
    request.set_incarnation(incarnation);
    request.set_open(true);
    request.add_device_ids("d1");
    request.set_takes_state_beside(beside);
    const auto stream = stub->Fetch(&context, request);
    std::vector<v1::FetchResponse> answer(1);
    while (stream->Read(&answer.back())) answer.emplace_back();
    answer.pop_back();
    QVERIFY(stream->Finish().ok());
    QCOMPARE(answer.size(), static_cast<std::size_t>(messages));
    QVERIFY(answer.front().has_chunk());
    QCOMPARE(answer.front().has_state_beside(), beside);
    QCOMPARE(answer.back().has_state(), !beside);
    const auto& state = beside ? answer.back().state_beside() : answer.back().state();
    QCOMPARE(state.devices(0).last_number(), std::uint64_t(1));
    QCOMPARE(state.cursor().version(), std::uint64_t(1));
}

void DatastoreTest::pushAndFetch() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    const std::string incarnation = watched.hellos[0].incarnation;
    Document document{taskId(1), {{"name", "\"ü\"", {5, 1, "d2"}}}};
    std::optional<Result<sync::PushResponse>> pushed;
    link->push({incarnation, "[" + documentText(document) + "]"},
               [&](auto result) { pushed = result; });
    QTRY_VERIFY_WITH_TIMEOUT(pushed, 20'000);
    QVERIFY(pushed->ok());
    Fetched fetched;
    sync::FetchRequest request;
    request.incarnation = incarnation;
    request.ids = {taskId(1)};
    request.required = {(*pushed)->cursor};
    link->fetch(request, fetched.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(fetched.end, 20'000);
    QVERIFY(fetched.end->ok() && !(*fetched.end)->helloNeeded);
    QVERIFY(sync::parseDocuments(fetched.chunks.at(0).documentsJson)->at(0).document == document);
    Fetched unknown;
    request.required = {{1, "other"}};
    link->fetch(request, unknown.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(unknown.end, 20'000);
    QVERIFY(unknown.end->ok() && (*unknown.end)->helloNeeded && unknown.chunks.empty());
}

void DatastoreTest::closedLinkIsSilent() {
    Fixture fixture(m_databases);
    auto link = fixture.link();
    Watched watched, again;
    Fetched fetched;
    bool replied = false;
    link->watch({}, watched.handlers());
    link->fetch({}, fetched.handlers());
    link->apply({"i", "d1", chainStart(), {named(1, "a")}}, [&](auto) { replied = true; });
    link->close();
    // The link can be used again, and by the time of its hello the others would have come.
    link->watch({}, again.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(again.hellos.size(), std::size_t(1), 20'000);
    link.reset();
    fixture.server.reset();
    QCoreApplication::processEvents();
    QVERIFY(watched.hellos.empty() && watched.ends.empty());
    QVERIFY(!fetched.end && !replied && again.ends.empty());
}

void DatastoreTest::serverRestart() {
    Fixture fixture(m_databases);
    const auto link = fixture.link();
    Watched watched;
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), 20'000);
    fixture.server.reset();
    QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), std::size_t(1), 20'000);
    QVERIFY(watched.ends[0].code == ErrorCode::kUnavailable);
    for (std::size_t tries = 2; tries <= 6; ++tries) {
        link->watch({}, watched.handlers());
        QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), tries, 5'000);
        QVERIFY(watched.ends.back().code == ErrorCode::kUnavailable);
    }
    fixture.start();
    QElapsedTimer timer;
    timer.start();
    link->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(2), 20'000);
    QVERIFY2(timer.elapsed() < 2'000,
             "the first watch after a restart must not wait for a backoff");
    QCOMPARE(watched.hellos[1].incarnation, watched.hellos[0].incarnation);
    const auto answer =
        applied(*link, {watched.hellos[1].incarnation, "d1", chainStart(), {named(1, "a")}});
    QVERIFY(answer.ok());
}

void DatastoreTest::unreachable() {
    Fixture fixture(m_databases);
    const std::string target = fixture.endpoint.target();
    fixture.server.reset();
    const auto link = fixture.link();
    const auto answer = applied(*link, {"i", "d1", chainStart(), {named(1, "a")}});
    QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kUnavailable);
    QCOMPARE(answer.error().message,
             "the datastore at " + target + " cannot be reached: connection refused");
}

void DatastoreTest::tlsFailuresAreDenied() {
    Fixture fixture(m_databases);
    const auto post = [](std::function<void()> function) {
        QMetaObject::invokeMethod(qApp, function, Qt::QueuedConnection);
    };
    const auto url = *remote::DatastoreUrl::parse("hashira://" + fixture.endpoint.target());
    for (const std::string caFile : {"", "/nowhere/ca.pem"}) {
        const auto link = remote::makeGrpcLink({url, fixture.token, caFile}, post);
        Watched watched;
        link->watch({}, watched.handlers());
        QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), std::size_t(1), 20'000);
        QVERIFY2(watched.ends[0].code == ErrorCode::kDenied, watched.ends[0].message.c_str());
        const char* said = caFile.empty() ? "does not speak TLS" : "/nowhere/ca.pem";
        QVERIFY(watched.ends[0].message.find(said) != std::string::npos);
    }
}

void DatastoreTest::urls_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    QTest::addColumn<bool>("loopback");
    QTest::newRow("tls") << "hashira://example.org:7946" << true << false;
    QTest::newRow("tls loopback") << "hashira://localhost:7946" << true << true;
    QTest::newRow("plaintext") << "hashira+plaintext://127.0.0.1:7946" << true << true;
    QTest::newRow("v6") << "hashira+plaintext://[::1]:7946" << true << true;
    QTest::newRow("plaintext beyond loopback")
        << "hashira+plaintext://10.0.0.1:1" << false << false;
    QTest::newRow("a name like loopback")
        << "hashira+plaintext://127.0.0.1.example.org:1" << false << false;
    QTest::newRow("no port") << "hashira://example.org" << false << false;
    QTest::newRow("port 0") << "hashira://example.org:0" << false << false;
    QTest::newRow("no host") << "hashira://:1" << false << false;
    QTest::newRow("another scheme") << "https://example.org:1" << false << false;
    QTest::newRow("a path") << "hashira://example.org/x:1" << false << false;
}

void DatastoreTest::urls() {
    QFETCH(QString, text);
    QFETCH(bool, good);
    QFETCH(bool, loopback);
    const auto url = remote::DatastoreUrl::parse(text.toStdString());
    QCOMPARE(url.ok(), good);
    if (good) QCOMPARE(url->loopback, loopback);
}

void DatastoreTest::portIsNotShared() {
    Fixture fixture(m_databases);
    const auto second =
        datastore::Server::start({fixture.endpoint, fixture.url, "9.9"}, fixture.clock);
    QVERIFY(!second.ok());
    QVERIFY(second.error().code == ErrorCode::kBusy);
}

void DatastoreTest::beyondLoopbackIsRefused() {
    Fixture fixture(m_databases);
    for (const char* host : {"0.0.0.0", "[::]", "10.0.0.1", "127.0.0.1.example.org"}) {
        const auto server =
            datastore::Server::start({{host, 0}, fixture.url, "9.9"}, fixture.clock);
        QVERIFY(!server.ok());
        QVERIFY(server.error().message.find("TLS") != std::string::npos);
    }
}

void DatastoreTest::newerDatabaseIsRefused() {
    Fixture fixture(m_databases);
    fixture.server.reset();
    const bool sqlite = !test::Databases::postgresql();
    QVERIFY(fixture.admin
                ->execute(sqlite ? "PRAGMA user_version = 99"
                                 : "UPDATE hashira_schema SET version = 99")
                .ok());
    if (sqlite) QVERIFY(fixture.admin->execute("PRAGMA wal_checkpoint(TRUNCATE)").ok());
    fixture.admin.reset();
    QFile file(QString::fromStdString(fixture.url.path));
    QCOMPARE(file.open(QIODevice::ReadOnly), sqlite);
    const QByteArray before = sqlite ? file.readAll() : QByteArray();
    file.close();
    const auto server =
        datastore::Server::start({{"127.0.0.1", 0}, fixture.url, "9.9"}, fixture.clock);
    QVERIFY(!server.ok());
    QVERIFY(server.error().code == ErrorCode::kNewer);
    QVERIFY(server.error().message.find("update the program") != std::string::npos);
    QCOMPARE(file.open(QIODevice::ReadOnly), sqlite);
    if (sqlite) QVERIFY(file.readAll() == before);
}

void DatastoreTest::foreignDatabaseIsRefused() {
    const datastore::DatabaseUrl url = m_databases.make();
    QFile file(QString::fromStdString(url.path));
    if (test::Databases::postgresql()) {
        m_databases.sql("CREATE TABLE notes (note TEXT)", url);
    } else {
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5'000, 'n'));
        file.close();
    }
    const auto database = datastore::SqlDatabase::open(url);
    QVERIFY(!database.ok());
    QVERIFY(database.error().code == ErrorCode::kCorrupt);
    if (!test::Databases::postgresql())
        QCOMPARE(file.size(), qint64(5'000));
    else
        QCOMPARE(m_databases.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", url),
                 std::string("1"));
}

void DatastoreTest::accountMadeAgain() {
    Fixture fixture(m_databases);
    QVERIFY(!accounts::add(*fixture.admin, "me", {}, fixture.clock, fixture.random).ok());
    QVERIFY(accounts::remove(*fixture.admin, "me").ok());
    QVERIFY(!accounts::remove(*fixture.admin, "me").ok());
    QVERIFY(!accounts::add(*fixture.admin, "me", "no-uuid", fixture.clock, fixture.random).ok());
    const auto again =
        accounts::add(*fixture.admin, "me", fixture.account, fixture.clock, fixture.random);
    QVERIFY(again.ok());
    QCOMPARE(*again, fixture.account);
    QVERIFY(accounts::listTokens(*fixture.admin, "me")->empty());
}

QTEST_GUILESS_MAIN(DatastoreTest)
#include "datastore_test.moc"

// SPDX-License-Identifier: MIT
#include "support/datastore_fixture.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <set>

using namespace hashira;
using namespace hashira::test;

namespace {

constexpr int kLimitMs = 20'000;

/// Pids of the connections that listen.
std::set<std::string> listeners(Databases& databases) {
    const std::string all = databases.sql(
        "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity "
        "WHERE application_name = 'hashira-datastored' AND query LIKE 'LISTEN %'");
    std::set<std::string> pids;
    for (const QString& pid : QString::fromStdString(all).split(u' ', Qt::SkipEmptyParts))
        pids.insert(pid.toStdString());
    return pids;
}

/// Two replicas of one account's datastore.
struct Pair {
    explicit Pair(Databases& databases) : first(databases), before(listeners(databases)) {
        auto started = datastore::Server::start({{"127.0.0.1", 0}, first.url, "9.9"}, first.clock);
        if (!started) qFatal("%s", started.error().message.c_str());
        second = std::move(*started);
        for (const std::string& pid : listeners(databases))
            (before.count(pid) ? firstListener : listener) = pid;
    }
    std::unique_ptr<remote::Link> secondLink(const std::string& token) const {
        const auto url =
            remote::DatastoreUrl::parse("hashira+plaintext://" + second->endpoint().target());
        return remote::makeGrpcLink({*url, token, {}}, [](std::function<void()> function) {
            QMetaObject::invokeMethod(qApp, function, Qt::QueuedConnection);
        });
    }
    std::unique_ptr<remote::Link> secondLink() const { return secondLink(first.token); }

    Fixture first;
    std::set<std::string> before;
    std::unique_ptr<datastore::Server> second;
    std::string firstListener;  ///< the first's pid in PostgreSQL
    std::string listener;       ///< the second's
};

/// Applies one command after the other of a device, over whichever link.
struct Device {
    std::string id;
    std::string incarnation;
    std::uint64_t last = 0;
    Hash hash = chainStart();

    Result<sync::ApplyResponse> apply(remote::Link& link) {
        const auto command = named(last + 1, "n" + std::to_string(last + 1));
        auto answer = applied(link, {incarnation, id, hash, {command}});
        if (!answer || answer->helloNeeded) return answer;
        ++last;
        hash = chainNext(hash, command.command.commandId, command.command.payload);
        return answer;
    }
};

}  // namespace

/// Several programs on one PostgreSQL.
class ReplicasTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() {
        QTest::addColumn<bool>("postgresql");
        QTest::newRow("postgresql") << true;
    }
    void aChangeReachesTheOther();
    void aHelloAmongChanges();
    void aLostNotificationIsMadeUpFor_data();
    void aLostNotificationIsMadeUpFor();
    void aDatastoreThatWasSetBack_data();
    void aDatastoreThatWasSetBack();
    void aRestartOfPostgresql();
    void accountsDoNotWaitForEachOther();

private:
    Databases m_databases;
};

void ReplicasTest::aChangeReachesTheOther() {
    Pair pair(m_databases);
    const auto here = pair.first.link();
    const auto there = pair.secondLink();
    Watched one, two;
    here->watch({}, one.handlers());
    there->watch({}, two.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(one.hellos.size() == 1 && two.hellos.size() == 1, kLimitMs);
    QCOMPARE(one.hellos[0].incarnation, two.hellos[0].incarnation);
    // A daemon may move between any two calls.
    Device device{"d1", one.hellos[0].incarnation};
    for (std::uint64_t version = 1; version <= 20; ++version) {
        const auto answer = device.apply(version % 2 ? *here : *there);
        QVERIFY(answer.ok() && !answer->helloNeeded);
        QCOMPARE(answer->cursor.version, version);
    }
    for (const Watched* watched : {&one, &two}) {
        QTRY_VERIFY_WITH_TIMEOUT(!watched->versions.empty() && watched->versions.back() == 20,
                                 kLimitMs);
        QVERIFY(std::is_sorted(watched->versions.begin(), watched->versions.end()));
        QVERIFY(watched->ends.empty());
    }
}

void ReplicasTest::aHelloAmongChanges() {
    Pair pair(m_databases);
    const auto here = pair.first.link();
    Watched first;
    here->watch({}, first.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(first.hellos.size(), std::size_t(1), kLimitMs);
    Device device{"d1", first.hellos[0].incarnation};
    const auto there = pair.secondLink();
    for (std::uint64_t version = 1; version <= 60; ++version) {
        Watched watched;
        there->watch({}, watched.handlers());
        QVERIFY(device.apply(*here).ok());
        QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), kLimitMs);
        // It is in the hello, or told after it.
        const std::uint64_t greeted = watched.hellos[0].cursor.version;
        if (greeted < version) QTRY_VERIFY_WITH_TIMEOUT(!watched.versions.empty(), kLimitMs);
        QCOMPARE(watched.versions.empty() ? greeted : watched.versions.back(), version);
        there->close();
    }
}

void ReplicasTest::aLostNotificationIsMadeUpFor_data() {
    QTest::addColumn<std::string Pair::*>("cutOff");
    QTest::newRow("who listens does not hear it") << &Pair::listener;
    // Between its commit and its NOTIFY. Who listens hears all there is to hear.
    QTest::newRow("who commits cannot say it") << &Pair::firstListener;
}

void ReplicasTest::aLostNotificationIsMadeUpFor() {
    QFETCH(std::string Pair::*, cutOff);
    Pair pair(m_databases);
    const auto here = pair.first.link();
    const auto there = pair.secondLink();
    Watched one, two;
    here->watch({}, one.handlers());
    there->watch({}, two.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(one.hellos.size() == 1 && two.hellos.size() == 1, kLimitMs);
    const std::string name = m_databases.sql("SELECT current_database()", pair.first.url);
    m_databases.sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
    QVERIFY(!(pair.*cutOff).empty() && pair.firstListener != pair.listener);
    m_databases.sql("SELECT pg_terminate_backend(" + pair.*cutOff + ", 20000)");
    Device device{"d1", one.hellos[0].incarnation};
    QVERIFY(device.apply(*here).ok());
    QTRY_VERIFY_WITH_TIMEOUT(one.versions == std::vector<std::uint64_t>{1}, kLimitMs);
    QVERIFY(two.versions.empty());
    m_databases.sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    QTRY_VERIFY_WITH_TIMEOUT(two.versions == std::vector<std::uint64_t>{1}, kLimitMs);
    // And from then on it is told again.
    QVERIFY(device.apply(*here).ok());
    QTRY_COMPARE_WITH_TIMEOUT(two.versions.back(), std::uint64_t(2), kLimitMs);
    QVERIFY(one.ends.empty() && two.ends.empty());
}

void ReplicasTest::aDatastoreThatWasSetBack_data() {
    QTest::addColumn<bool>("cut");
    QTest::addColumn<bool>("there");
    QTest::newRow("everybody is cut off") << true << false;
    QTest::newRow("nobody is, and it goes on here") << false << false;
    QTest::newRow("nobody is, and it goes on at the other") << false << true;
}

void ReplicasTest::aDatastoreThatWasSetBack() {
    QFETCH(bool, cut);
    QFETCH(bool, there);
    Pair pair(m_databases);
    const auto here = pair.secondLink();
    const auto other = pair.first.link();
    Watched watched;
    here->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), kLimitMs);
    Device device{"d1", watched.hellos[0].incarnation};
    for (int i = 0; i < 5; ++i) QVERIFY(device.apply(*here).ok());
    QTRY_VERIFY_WITH_TIMEOUT(!watched.versions.empty() && watched.versions.back() == 5, kLimitMs);
    // A backup is restored: the versions are lower.
    m_databases.sql("UPDATE heads SET version = 1", pair.first.url);
    if (cut) m_databases.sql("SELECT pg_terminate_backend(" + pair.listener + ", 20000)");
    if (!cut) QVERIFY(device.apply(there ? *other : *here).ok());
    QTRY_COMPARE_WITH_TIMEOUT(watched.ends.size(), std::size_t(1), kLimitMs);
    QVERIFY(watched.ends[0].code == ErrorCode::kUnavailable);
}

void ReplicasTest::aRestartOfPostgresql() {
    Pair pair(m_databases);
    const auto here = pair.first.link();
    const auto there = pair.secondLink();
    Watched watched;
    there->watch({}, watched.handlers());
    QTRY_COMPARE_WITH_TIMEOUT(watched.hellos.size(), std::size_t(1), kLimitMs);
    Device device{"d1", watched.hellos[0].incarnation};
    QVERIFY(device.apply(*here).ok());
    m_databases.tell("crash");
    const auto lost = device.apply(*here);
    QVERIFY(!lost.ok());
    QVERIFY2(lost.error().code == ErrorCode::kUnavailable, lost.error().message.c_str());
    QVERIFY(lost.error().message.find("hsrpg") == std::string::npos);  // where it is, is not told
    m_databases.tell("start");
    QVERIFY(device.apply(*here).ok());
    QTRY_VERIFY_WITH_TIMEOUT(!watched.versions.empty() && watched.versions.back() == 2, kLimitMs);
    QVERIFY(watched.ends.empty());
}

void ReplicasTest::accountsDoNotWaitForEachOther() {
    constexpr int kDevices = 20;
    Fixture fixture(m_databases);
    accounts::add(*fixture.admin, "other", {}, fixture.clock, fixture.random).ok();
    const auto other =
        fixture.link(*accounts::newToken(*fixture.admin, "other", fixture.clock, fixture.random));
    const auto link = fixture.link();
    Watched mine, others;
    link->watch({}, mine.handlers());
    other->watch({}, others.handlers());
    QTRY_VERIFY_WITH_TIMEOUT(mine.hellos.size() == 1 && others.hellos.size() == 1, kLimitMs);
    {
        auto lock = datastore::beginTransaction(*fixture.admin, datastore::Scope::Mode::kWrite,
                                                *accounts::find(*fixture.admin, fixture.account));
        QVERIFY(lock.ok());
        int answers = 0;
        for (int i = 0; i < kDevices; ++i)
            link->apply({mine.hellos[0].incarnation,
                         "d" + std::to_string(i),
                         chainStart(),
                         {named(1, "n")}},
                        [&](auto answer) { answers += answer && !answer->helloNeeded; });
        Device device{"d1", others.hellos[0].incarnation};
        QVERIFY(device.apply(*other).ok());
        QCOMPARE(answers, 0);
        lock->reset();
        QTRY_COMPARE_WITH_TIMEOUT(answers, kDevices, kLimitMs);
    }
}

QTEST_GUILESS_MAIN(ReplicasTest)
#include "replicas_test.moc"

// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <random>

// The core's side of Send and WaitFor, on stores in memory: what a group of Sends costs, and what
// one that cannot be taken leaves behind.

using namespace hashira;
using hashira::daemon::Core;
using hashira::daemon::CoreSettings;

namespace {

class FixedClock final : public Clock {
public:
    std::int64_t nowMs() const override { return 1'767'225'600'000; }
    std::int64_t steadyMs() const override { return 1'000; }
    int utcOffsetMinutes(std::int64_t) const override { return 0; }
};

class TestRandom final : public Random {
public:
    std::uint64_t next() override { return m_engine(); }

private:
    std::mt19937_64 m_engine{7};
};

class Silence final : public daemon::CoreOutput {
public:
    void notify(const front::Notice&) override {}
    void statusChanged(const front::Status&) override {}
    void wakeAt(std::optional<std::int64_t>) override {}
};

std::string idOf(int number) {
    char text[40];
    std::snprintf(text, sizeof text, "01930000-0000-7000-8000-%012x",
                  static_cast<unsigned>(number));
    return text;
}

Draft draft(What what, const std::string& payload) {
    auto checked = checkDraft({}, what, payload);
    if (!checked) qFatal("%s", checked.error().message.c_str());
    return *checked;
}

Draft newTask(int id, const std::string& more = {}) {
    return draft(What::kNew, "{\"id\":\"" + idOf(id) + "\",\"name\":\"t" + std::to_string(id) +
                                 "\"" + more + "}");
}

/// Only the core finds out that there is no such task.
const std::string kBesideNothing = ",\"after\":\"" + idOf(999'999) + "\"";

struct Bench {
    Bench() {
        auto opened = Core::open({}, clock, random, {}, output);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        core = std::move(*opened);
        core->start();
    }

    /// One group of these Sends.
    std::vector<Result<front::SendReply>> send(const std::vector<std::vector<Draft>>& sends) {
        std::vector<Result<front::SendReply>> replies(sends.size(), Error{});
        std::vector<Core::SendJob> jobs;
        for (std::size_t i = 0; i < sends.size(); ++i)
            jobs.push_back({sends[i], [&replies, i](Result<front::SendReply> reply) {
                                replies[i] = std::move(reply);
                            }});
        core->send(std::move(jobs));
        return replies;
    }
    /// The names of this week's tasks as the document store has them, by place and rank.
    std::string stored() {
        std::map<std::pair<Place, std::string>, std::string> ordered;
        (void)core->documents().each({0}, {}, [&](const store::Record& record) {
            ordered[{placeOf(record.view.value("place")), record.view.string("rank")}] =
                record.view.string("name");
        });
        std::string text;
        for (const auto& [at, name] : ordered) text += (text.empty() ? "" : " ") + name;
        return text;
    }
    bool consistent(int id) {
        core->documents();
        const auto same = core->views().consistent(idOf(id));
        return same && *same;
    }
    int changedRows() const { return sqlite3_total_changes(core->outbox().database().handle()); }

    FixedClock clock;
    TestRandom random;
    Silence output;
    std::unique_ptr<Core> core;
};

int countStatement(unsigned, void* count, void*, void*) {
    ++*static_cast<int*>(count);
    return 0;
}

}  // namespace

class CoreSendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSendThatCannotBeTakenLeavesNothing() {
        Bench bench;
        const auto before = bench.send({{newTask(1)}, {newTask(2)}});
        QVERIFY(before[0] && before[1]);
        // The bad ones change tasks of the store, of the group, and new ones before they fail.
        const std::string rename = "{\"id\":\"" + idOf(1) + "\",\"name\":\"renamed\"}";
        const std::string late = "{\"id\":\"" + idOf(3) + "\",\"note\":\"late\"}";
        const auto replies = bench.send({{newTask(3)},
                                         {draft(What::kUpdate, rename), draft(What::kUpdate, late),
                                          newTask(4), newTask(5, kBesideNothing)},
                                         {newTask(6)},
                                         {newTask(7), newTask(8, ",\"before\":\"" + idOf(7) + "\""),
                                          newTask(9, kBesideNothing)},
                                         {newTask(10, ",\"after\":\"" + idOf(6) + "\"")}});
        QVERIFY(replies[0] && replies[2] && replies[4]);
        QCOMPARE(replies[1].error().code, ErrorCode::kInvalid);
        QVERIFY(replies[1].error().message.rfind("commands[3]: after", 0) == 0);
        QCOMPARE(replies[3].error().code, ErrorCode::kInvalid);
        // Numbers have no gap, and the chain goes on from what is there.
        QCOMPARE(replies[0]->receipts[0].number, std::uint64_t{3});
        QCOMPARE(replies[2]->receipts[0].number, std::uint64_t{4});
        QCOMPARE(replies[4]->receipts[0].number, std::uint64_t{5});
        const auto device = bench.core->outbox().currentDevice();
        const auto batch = bench.core->outbox().batch(device, 1, 100, 1'000'000);
        QVERIFY(batch);
        QCOMPARE(batch->size(), std::size_t{5});
        Hash hash = chainStart();
        for (const auto& each : *batch)
            hash = chainNext(hash, each.command.commandId, each.command.payload);
        QCOMPARE(**bench.core->outbox().hashAt(device, 5), hash);
        QCOMPARE(bench.stored(), std::string("t1 t2 t3 t6 t10"));
        for (int id = 1; id <= 10; ++id) QVERIFY2(bench.consistent(id), idOf(id).c_str());
    }

    void aGroupOfOnlyBadSendsLeavesNothing() {
        Bench bench;
        const auto replies =
            bench.send({{newTask(1), newTask(2, kBesideNothing)}, {newTask(3, kBesideNothing)}});
        QVERIFY(!replies[0] && !replies[1]);
        QCOMPARE(bench.stored(), std::string());
        QCOMPARE(bench.core->outbox().currentHighest(), std::uint64_t{0});
        QVERIFY(bench.send({{newTask(1)}})[0]);
        QCOMPARE(bench.stored(), std::string("t1"));
    }

    void badSendsCostOnlyThemselves() {
        Bench bench;
        constexpr int kEach = 100;
        std::vector<std::vector<Draft>> sends;
        for (int i = 0; i < kEach; ++i) {
            sends.push_back({newTask(2 * i)});
            sends.push_back({newTask(2 * i + 1), newTask(1'000 + i, kBesideNothing)});
        }
        const int before = bench.changedRows();
        const auto replies = bench.send(sends);
        for (int i = 0; i < 2 * kEach; ++i)
            QCOMPARE(replies[static_cast<std::size_t>(i)].ok(), i % 2 == 0);
        // A row for each good one, one put in and taken out for each bad one, and the clock's two.
        QCOMPARE(bench.changedRows() - before, kEach + 2 * kEach + 2);
    }

    void aChangeCostsOnlyTheWaitsThatItTouches() {
        Bench bench;
        const auto sent = bench.send({{newTask(1)}});
        QVERIFY(sent[0]);
        constexpr int kWaits = 1'000;
        int answered = 0;
        for (int ticket = 1; ticket <= kWaits; ++ticket)
            bench.core->waitFor(static_cast<std::uint64_t>(ticket), sent[0]->receipts[0].commandId,
                                ticket % 2 ? front::Level::kApplied : front::Level::kVisible,
                                [&](const Result<front::Receipt>& receipt) {
                                    if (!receipt) ++answered;
                                });
        int statements = 0;
        sqlite3_trace_v2(bench.core->outbox().database().handle(), SQLITE_TRACE_STMT,
                         countStatement, &statements);
        bench.core->pause({true}, [](const auto&) {});
        QVERIFY2(statements > 0 && statements < 20, std::to_string(statements).c_str());
        sqlite3_trace_v2(bench.core->outbox().database().handle(), 0, nullptr, nullptr);
        QCOMPARE(answered, 0);
        for (int ticket = 1; ticket <= kWaits; ++ticket)
            bench.core->cancelWait(static_cast<std::uint64_t>(ticket));
        QCOMPARE(answered, kWaits);
    }

    void anOutboxThatLostATableIsCorrupt() {
        QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("outbox.db")).toStdString();
        QVERIFY(store::Outbox::open(path, "bbbbbbbbbbbbbbb"));
        for (const char* table : {"meta", "devices", "commands"}) {
            sqlite3* handle = nullptr;
            QCOMPARE(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
            const std::string away = std::string("ALTER TABLE ") + table + " RENAME TO away";
            const std::string back = std::string("ALTER TABLE away RENAME TO ") + table;
            QCOMPARE(sqlite3_exec(handle, away.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
            const auto opened = store::Outbox::open(path, "bbbbbbbbbbbbbbb");
            QVERIFY2(!opened, table);
            QCOMPARE(opened.error().code, ErrorCode::kCorrupt);
            QCOMPARE(sqlite3_exec(handle, back.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
            sqlite3_close(handle);
        }
        QVERIFY(store::Outbox::open(path, "bbbbbbbbbbbbbbb"));
    }

    void aForkFailsWhereTheBaseCannotBeRead() {
        Bench bench;
        QVERIFY(bench.send({{newTask(1)}, {newTask(2)}})[1]);
        store::Outbox& log = bench.core->outbox();
        const std::string device = log.currentDevice();
        store::Transaction transaction(log.database());
        QVERIFY(log.confirm(device, 1, store::Accepted::kByApply, {}));
        const auto unreadable = [](const std::string&) -> Result<bool> {
            return Error{ErrorCode::kBusy, "not now"};
        };
        // Not as one that the base does not hold, whose covered command would be sent again.
        const auto forked = log.fork(device, "ccccccccccccccc", {{device, 1}}, unreadable);
        QVERIFY(!forked);
        QCOMPARE(forked.error().message, std::string("not now"));
    }

    void anOutboxOfTheFirstVersionIsTakenOver() {
        QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("outbox.db")).toStdString();
        QFile first(QStringLiteral(":/sql/local/001_outbox.sql"));
        QVERIFY(first.open(QIODevice::ReadOnly));
        sqlite3* handle = nullptr;
        QCOMPARE(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        // Number 1 was changed last: confirmed at change 4, after all three were appended.
        const std::string rows =
            "PRAGMA user_version=1;"
            "INSERT INTO meta VALUES ('change', 4), ('clock_ms', 30), ('clock_counter', 0);"
            "INSERT INTO devices VALUES (1, 'aaaaaaaaaaaaaaa', 1, 1, 0, zeroblob(32));"
            "INSERT INTO commands (device, number, command_id, what, task, payload, stamp_ms, "
            "stamp_counter, stamp_origin, seen_ms, seen_counter, hash, state, accepted, change) "
            "VALUES (1,1,'c1',1,'t1','{}',10,0,'aaaaaaaaaaaaaaa',0,0,zeroblob(32),1,1,4),"
            "(1,2,'c2',1,'t2','{}',20,0,'aaaaaaaaaaaaaaa',0,0,zeroblob(32),0,0,2),"
            "(1,3,'c3',1,'t3','{}',30,0,'aaaaaaaaaaaaaaa',0,0,zeroblob(32),0,0,3);";
        QCOMPARE(sqlite3_exec(handle, (first.readAll().toStdString() + rows).c_str(), nullptr,
                              nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(handle);

        using Tasks = store::Outbox::Tasks;
        auto outbox = store::Outbox::open(path, "bbbbbbbbbbbbbbb");
        QVERIFY(outbox);
        store::Outbox& log = **outbox;
        QCOMPARE(log.change(), std::uint64_t{4});
        QCOMPARE(log.currentHighest(), std::uint64_t{3});
        QCOMPARE(*log.changedSince(4), Tasks{});
        QCOMPARE(*log.changedSince(3), Tasks{"t1"});
        QCOMPARE(*log.changedSince(2), (Tasks{"t1", "t3"}));
        // And it goes on: an append and a change of an old row are both found.
        store::Transaction transaction(log.database());
        QVERIFY(log.append({"c5", What::kNew, "t5", "{}", {40, 0, "aaaaaaaaaaaaaaa"}}, {}));
        QVERIFY(log.confirm("aaaaaaaaaaaaaaa", 2, store::Accepted::kByApply, {}));
        QVERIFY(log.saveClock() && transaction.commit());
        QCOMPARE(*log.changedSince(4), (Tasks{"t2", "t5"}));
        QCOMPARE(*log.changedSince(5), Tasks{"t2"});
        QVERIFY(log.reload());
        QCOMPARE(log.change(), std::uint64_t{6});
    }
};

QTEST_GUILESS_MAIN(CoreSendTest)
#include "core_send_test.moc"

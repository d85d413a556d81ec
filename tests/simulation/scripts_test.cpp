// SPDX-License-Identifier: MIT
#include <QTemporaryDir>
#include <QTest>

#include "simulation/device.h"
#include "simulation/exchange.h"

#include "model/json.h"
#include "model/uuid.h"

#include <algorithm>
#include <memory>
#include <vector>

using namespace hashira;
using namespace hashira::sim;

namespace {

/// Devices and a datastore whose every message is delivered in order, to those who are on line.
class Lab {
public:
    explicit Lab(int devices) : exchange(time, 1) {
        exchange.network.dead = [this](int device) { return at(device).dead(); };
        exchange.network.baseToken = [this](int device) {
            const auto& cursor = at(device).core().views().base().cursor;
            return cursor ? cursor->token : std::string();
        };
        for (int i = 0; i < devices; ++i) {
            m_devices.push_back(std::make_unique<SimDevice>(
                i, m_directory.path().toStdString() + "/d" + std::to_string(i), time,
                exchange.network, static_cast<std::uint64_t>(i) + 10));
            start(i);
        }
    }

    SimDevice& at(int device) { return *m_devices[static_cast<std::size_t>(device)]; }
    daemon::Core& core(int device) { return at(device).core(); }
    void start(int device) { QCOMPARE(at(device).start(), std::string()); }

    /// One command; returns the ids of command and task.
    front::Receipt send(int device, What what, const std::string& task, Fields fields,
                        bool refused = false) {
        Draft draft{makeUuidV7(time.ms, m_random), what, task, std::move(fields), {}, {}};
        if (refused) exchange.refuse.insert(draft.commandId);
        front::Receipt receipt;
        std::vector<daemon::Core::SendJob> jobs;
        jobs.push_back({{draft}, [&](const Result<front::SendReply>& reply) {
                            if (reply) receipt = reply->receipts.front();
                        }});
        time.ms += 1'000;
        core(device).send(std::move(jobs));
        return receipt;
    }
    front::Receipt add(int device, const std::string& name) {
        return send(device, What::kNew, {}, {{"name", json::quoted(name)}});
    }

    /// Delivers everything to and from these devices until they rest; the others are off line.
    void sync(std::vector<int> online) {
        for (std::size_t i = 0; i < m_devices.size(); ++i)
            if (std::find(online.begin(), online.end(), static_cast<int>(i)) == online.end())
                at(static_cast<int>(i)).link()->cut();
        for (int round = 0; round < 200; ++round) {
            auto& packets = exchange.network.packets;
            while (!packets.empty()) {
                Packet packet = std::move(packets.front());
                packets.erase(packets.begin());
                if (std::find(online.begin(), online.end(), packet.device) == online.end())
                    continue;
                if (packet.toServer)
                    QCOMPARE(exchange.serve(packet), std::string());
                else
                    exchange.answer(std::move(packet));
            }
            time.ms += 20'000;
            for (const int device : online) core(device).wake();
            if (packets.empty() &&
                std::all_of(online.begin(), online.end(), [&](int d) { return rests(d); }))
                return;
        }
        QFAIL("the devices do not come to rest");
    }

    /// The base of the device is the ledger, and so is its view.
    bool converged(int device) {
        const auto ledger = exchange.datastore.documents();
        const auto count = core(device).documents().count();
        if (!count || *count != ledger.size()) return false;
        return std::all_of(ledger.begin(), ledger.end(), [&](const auto& entry) {
            const auto record = core(device).documents().record(entry.first);
            return record && *record && (*record)->view == entry.second.document &&
                   !(*record)->pending;
        });
    }

    WorldTime time;
    Exchange exchange;

private:
    bool rests(int device) {
        const engine::State& state = core(device).engineState();
        return state.phase == engine::Phase::kReady && state.call == engine::Call::kNone &&
               state.pending() == 0 && state.cursor &&
               state.cursor->version == exchange.datastore.version();
    }

    QTemporaryDir m_directory;
    SimRandom m_random{99};
    std::vector<std::unique_ptr<SimDevice>> m_devices;
};

}  // namespace

/// Stories that random runs did not find in the model: each by hand.
class ScriptsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aVersionUsedAgainAfterARestore();
    void aDocumentStoreThatLostItsTail();
    void anUpdateThatArrivesBeforeItsTask();
    void aTaskWhoseCommandIsNoLongerKept();
    void aRefusedCommandIsRetriedAndDiscarded();
    void aClockAYearAheadLosesNothing();
    void aReadThroughEndsWithTheLink();
};

void ScriptsTest::aVersionUsedAgainAfterARestore() {
    Lab lab(3);
    lab.add(1, "t1");
    lab.add(1, "t2");
    lab.sync({0, 1, 2});
    const auto backup = lab.exchange.datastore.backup();
    for (const char* name : {"t3", "t4", "t5"}) lab.add(2, name);
    lab.sync({2, 0});
    const std::uint64_t reached = lab.exchange.datastore.version();
    lab.exchange.datastore.restore(backup);
    // Another history reaches the same version with other tasks in it.
    for (const char* name : {"t6", "t7", "t8"}) {
        lab.add(1, name);
        lab.sync({1});
    }
    QVERIFY(lab.exchange.datastore.version() >= reached);
    lab.sync({0});
    lab.sync({2});
    lab.sync({0, 1, 2});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(8));
    for (const int device : {0, 1, 2}) QVERIFY(lab.converged(device));
}

void ScriptsTest::aDocumentStoreThatLostItsTail() {
    Lab lab(1);
    Chance chance(1);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0});
    const auto refused =
        lab.send(0, What::kUpdate, task, {{"note", "\"refused\""}}, true).commandId;
    const Disk before = lab.at(0).disk();  // the view shows the note here
    lab.sync({0});
    QCOMPARE(lab.core(0).listRejected()->size(), std::size_t(1));
    // The power cut: the outbox has the refusal, the document store does not.
    Disk after = lab.at(0).disk();
    after.documents = before.documents;
    lab.at(0).kill(false, chance);
    lab.at(0).setDisk(after);
    lab.start(0);
    const auto record = lab.core(0).documents().record(task);
    QVERIFY(record && *record);
    QCOMPARE((*record)->view.string("note"), std::string());
    QVERIFY(!(*record)->pending);
    lab.sync({0});
    QVERIFY(lab.converged(0));
    QCOMPARE(lab.core(0).listRejected()->front().command.commandId, refused);
}

void ScriptsTest::anUpdateThatArrivesBeforeItsTask() {
    Lab lab(3);
    const auto empty = lab.exchange.datastore.backup();
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0, 1, 2});
    lab.send(1, What::kUpdate, task, {{"note", "\"by B\""}});
    lab.exchange.datastore.restore(empty);
    lab.sync({1});
    lab.sync({0});
    lab.sync({0, 1, 2});
    for (const int device : {0, 1, 2}) {
        QVERIFY(lab.converged(device));
        QVERIFY(lab.core(device).listRejected()->empty());
    }
    const auto record = lab.core(2).documents().record(task);
    QCOMPARE((*record)->view.string("name"), std::string("t1"));
    QCOMPARE((*record)->view.string("note"), std::string("by B"));
}

void ScriptsTest::aTaskWhoseCommandIsNoLongerKept() {
    Lab lab(3);
    const auto empty = lab.exchange.datastore.backup();
    const auto first = lab.add(0, "t1").taskId;
    lab.sync({0, 1, 2});
    {
        store::Transaction transaction(lab.core(0).outbox().database());
        QVERIFY(lab.core(0).outbox().prune(lab.core(0).views().base().covered, lab.time.ms, 100));
        QVERIFY(transaction.commit());
    }
    lab.add(0, "t2");
    lab.sync({0, 1, 2});
    lab.exchange.datastore.restore(empty);
    lab.sync({0});
    lab.sync({0, 1, 2});
    QVERIFY(lab.exchange.datastore.documents().contains(first));
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(2));
    for (const int device : {0, 1, 2}) QVERIFY(lab.converged(device));
}

void ScriptsTest::aRefusedCommandIsRetriedAndDiscarded() {
    Lab lab(2);
    const auto kept = lab.send(0, What::kNew, {}, {{"name", "\"one\""}}, true);
    const auto dropped = lab.send(0, What::kNew, {}, {{"name", "\"two\""}}, true);
    lab.add(0, "three");
    lab.sync({0, 1});
    QCOMPARE(lab.core(0).listRejected()->size(), std::size_t(2));
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(1));
    lab.exchange.refuse.clear();
    QVERIFY(lab.core(0).retryRejected(kept.commandId));
    QVERIFY(lab.core(0).discardRejected(dropped.commandId));
    QVERIFY(!lab.core(0).discardRejected(dropped.commandId));
    lab.sync({0, 1});
    QVERIFY(lab.core(0).listRejected()->empty());
    QVERIFY(lab.exchange.datastore.documents().contains(kept.taskId));
    QVERIFY(!lab.exchange.datastore.documents().contains(dropped.taskId));
    QVERIFY(lab.converged(0) && lab.converged(1));
    // And after the datastore forgot all of it: the discarded one stays without effect.
    lab.exchange.datastore.wipe();
    lab.sync({0, 1});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(2));
    QVERIFY(lab.converged(0) && lab.converged(1));
}

void ScriptsTest::aClockAYearAheadLosesNothing() {
    Lab lab(2);
    const auto task = lab.add(1, "t1").taskId;
    lab.sync({0, 1});
    constexpr std::int64_t kYear = 365LL * 24 * 3'600'000;
    lab.at(0).clock.skewMs = kYear;
    lab.send(0, What::kUpdate, task, {{"note", "\"early, by a wrong clock\""}});
    lab.time.ms += 3'600'000;
    lab.send(1, What::kUpdate, task, {{"note", "\"later\""}});
    lab.at(0).clock.skewMs = 0;
    lab.sync({0});
    lab.sync({0, 1});
    // Restamped to the time told, the first is older than what was made an hour after it.
    lab.send(1, What::kUpdate, task, {{"name", "\"renamed\""}});
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        const auto record = lab.core(device).documents().record(task);
        QCOMPARE((*record)->view.string("name"), std::string("renamed"));
        for (const StampedField& field : (*record)->view.fields)
            QVERIFY(field.stamp.ms <= lab.time.ms + 60'000);
    }
    QVERIFY(lab.core(0).outbox().clock().ms <= lab.time.ms + 60'000);
}

void ScriptsTest::aReadThroughEndsWithTheLink() {
    Lab lab(1);
    lab.add(0, "t1");
    lab.sync({0});
    const Week current = lab.core(0).shelf()->current;
    const Week old{current.index - 100};
    std::vector<std::string> reasons;
    const auto read = [&] {
        lab.core(0).buildShelf(old, old, [&](const auto& shelf) {
            QVERIFY(shelf);
            const auto reason = (*shelf)->incomplete.find(old);
            reasons.push_back(reason == (*shelf)->incomplete.end() ? "" : reason->second);
        });
    };
    read();
    QVERIFY(reasons.empty());  // the datastore has not answered
    lab.core(0).pause(true, [](const auto&) {});
    QCOMPARE(reasons.size(), std::size_t(1));
    QVERIFY(!reasons.back().empty());
    lab.core(0).pause(false, [](const auto&) {});
    lab.sync({0});
    read();
    lab.sync({0});
    QCOMPARE(reasons.size(), std::size_t(2));
    QCOMPARE(reasons.back(), std::string());
}

QTEST_GUILESS_MAIN(ScriptsTest)
#include "scripts_test.moc"

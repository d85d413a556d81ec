// SPDX-License-Identifier: MIT
#include "simulation/scripts.h"
#include "simulation/lab.h"

using namespace hashira;
using namespace hashira::sim;

namespace {

/// A clone of the device, which has said hello as well; then the first makes so many tasks. Returns
/// the clone.
int cloneAndSends(Lab& lab, int count) {
    lab.add(0, "t1");
    lab.sync({0});
    const int copy = lab.clone(0);
    lab.sync({0, copy});
    for (int i = 0; i < count; ++i) lab.add(0, "of the first");
    return copy;
}

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
    void aReadThroughEndsWithTheLink();
    void aWakeUpDuringASyncIsNotLost();
    void aSetBackBetweenPushAndFetch();
    void aSetBackThatOthersWroteOverBetweenPushAndFetch();
    void aTombstoneIsPushed();
    void aStoreThatCouldNotBeWrittenCatchesUp();
    void aForkKnowsWhatWasSentBefore();
    void aForkTakesAlongWhatWasConfirmed();
    void aForkWithADiskThatCannotBeReadForAMoment();
    void aLostNotificationOnlyCostsTime();
    void aReconnectCutsTheBackoffShort();
    void wakingUpCutsTheBackoffShort();
    void withoutANetworkNothingIsSent();
    void equalStampsOfAClone_data();
    void equalStampsOfAClone();
    void aCloneOfTheSameSession();
    void aNumberOfACloneTellsNothingOfOurs();
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
    lab.prune(0);
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
    lab.core(0).pause({true}, [](const auto&) {});
    QCOMPARE(reasons.size(), std::size_t(1));
    QVERIFY(!reasons.back().empty());
    lab.core(0).pause({false}, [](const auto&) {});
    lab.sync({0});
    read();
    lab.sync({0});
    QCOMPARE(reasons.size(), std::size_t(2));
    QCOMPARE(reasons.back(), std::string());
}

void ScriptsTest::aWakeUpDuringASyncIsNotLost() {
    Lab lab(2);
    lab.add(0, "t1");
    lab.sync({0, 1});
    lab.core(0).syncNow([](const auto&) {});
    auto& packets = lab.exchange.network.packets;
    lab.deliver({0}, [](const Packet& packet) { return packet.toServer; });
    QCOMPARE(packets.size(), std::size_t(1));
    const Packet answer = packets.front();  // of the Fetch, which is under way for a while
    packets.clear();
    lab.add(1, "t2");
    lab.deliver({0, 1});
    QVERIFY(!lab.converged(0));
    packets.push_back(answer);
    lab.deliver({0, 1});  // and no timer
    QVERIFY(lab.converged(0));
}

void ScriptsTest::aSetBackBetweenPushAndFetch() {
    Lab lab(1);
    const auto empty = lab.exchange.datastore.backup();
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0});
    lab.setBackUntilPushed(empty);
    lab.exchange.datastore.restore(empty);  // once more, and the link holds
    lab.sync({0});
    QVERIFY(lab.exchange.datastore.documents().contains(task));
    QVERIFY(lab.converged(0));
}

void ScriptsTest::aSetBackThatOthersWroteOverBetweenPushAndFetch() {
    Lab lab(2);
    lab.sync({0, 1});
    const auto empty = lab.exchange.datastore.backup();
    const auto task = lab.add(0, "t1").taskId;
    lab.deliver({0});  // the other is not told, and its link holds
    lab.setBackUntilPushed(empty);
    const std::uint64_t pushed = lab.exchange.datastore.version();
    auto& packets = lab.exchange.network.packets;
    const auto fetch = packets;  // on its way
    packets.clear();
    lab.exchange.datastore.restore(empty);
    // Versions are used again: their numbers alone show no set-back.
    for (const char* name : {"t2", "t3", "t4"}) {
        lab.add(1, name);
        lab.deliver({1});
    }
    QVERIFY(lab.exchange.datastore.version() > pushed);
    packets = fetch;
    lab.sync({0});
    lab.sync({0, 1});
    QVERIFY(lab.exchange.datastore.documents().contains(task));
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(4));
    for (const int device : {0, 1}) QVERIFY(lab.converged(device));
}

void ScriptsTest::aTombstoneIsPushed() {
    Lab lab(2);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0, 1});
    lab.send(1, What::kDelete, task, {{"deleted", "true"}});
    lab.sync({0, 1});
    lab.prune(1);
    lab.exchange.datastore.wipe();
    lab.sync({0, 1});
    QVERIFY(lab.exchange.datastore.documents().at(task).document.deleted());
    for (const int device : {0, 1}) QVERIFY(lab.converged(device));
}

void ScriptsTest::aStoreThatCouldNotBeWrittenCatchesUp() {
    Lab lab(1);
    // Neither the first Send's views nor what would make up for it; then the second's, and nothing
    // after it until the end.
    lab.at(0).documentsFail = {true, true, false, true};
    const auto first = lab.add(0, "t1").taskId;
    const auto second = lab.add(0, "t2").taskId;
    QVERIFY(lab.at(0).documentsFail.empty());
    lab.restart(0);
    QCOMPARE(lab.shown(0, first, "name"), std::string("t1"));
    QCOMPARE(lab.shown(0, second, "name"), std::string("t2"));
}

void ScriptsTest::aForkKnowsWhatWasSentBefore() {
    Lab lab(1);
    const Draft draft = lab.draft("t1");
    const auto receipt = lab.send(0, draft);
    lab.sync({0});
    const int copy = lab.clone(0);
    lab.add(copy, "of the clone");
    lab.sync({copy});
    const Draft moved = lab.draft("of the first");
    const auto movedReceipt = lab.send(0, moved);
    const std::string before = lab.core(0).outbox().currentDevice();
    lab.sync({0, copy});
    QVERIFY(lab.core(0).outbox().currentDevice() != before);
    const auto again = lab.send(0, draft);
    QCOMPARE(again.taskId, receipt.taskId);
    QCOMPARE(again.level, front::Level::kVisible);
    QCOMPARE(lab.send(0, moved).taskId, movedReceipt.taskId);
    lab.sync({0, copy});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(3));
}

void ScriptsTest::aForkTakesAlongWhatWasConfirmed() {
    Lab lab(1);
    lab.add(0, "t1");
    lab.sync({0});
    const int copy = lab.clone(0);
    lab.sync({0, copy});
    const auto backup = lab.exchange.datastore.backup();
    const auto confirmed = lab.add(0, "of the first");
    lab.deliver({0}, [](const Packet& packet) { return packet.applied.has_value(); });
    QCOMPARE((*lab.core(0).outbox().find(confirmed.commandId))->state,
             store::CommandState::kConfirmed);
    lab.exchange.network.packets.clear();  // and what it leads to is lost
    lab.exchange.datastore.restore(backup);
    lab.add(copy, "of the clone");
    lab.sync({copy});
    lab.sync({0, copy});
    QVERIFY(lab.exchange.datastore.documents().contains(confirmed.taskId));
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(3));
    for (const int device : {0, copy}) QVERIFY(lab.converged(device));
}

void ScriptsTest::aForkWithADiskThatCannotBeReadForAMoment() {
    std::uint64_t failed = 0;
    for (int skip = 0; skip < 6; ++skip) {
        Lab lab(1);
        lab.at(0).readsOften = true;
        lab.restart(0);
        for (const char* name : {"t1", "t2", "t3"}) lab.add(0, name);
        lab.sync({0});
        const int copy = lab.clone(0);
        lab.add(copy, "of the clone");
        lab.sync({copy});
        lab.add(0, "of the first");
        lab.at(0).link()->cut();
        lab.core(0).syncNow([](const auto&) {});
        lab.at(0).fallible().fail(test::ForgetfulDisk::Fault::kReads, "documents.db", skip, 1);
        lab.deliver({0}, [](const Packet& packet) { return !packet.toServer; });
        lab.at(0).fallible().heal();
        failed += lab.at(0).fallible().failed();
        const auto& state = lab.core(0).engineState();
        QCOMPARE(state.devices.at(lab.core(0).outbox().currentDevice()).highest,
                 lab.core(0).outbox().currentHighest());
        lab.sync({0, copy});
        QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(5));
        for (const int device : {0, copy}) QVERIFY(lab.converged(device));
    }
    QVERIFY(failed > 0);
}

void ScriptsTest::aLostNotificationOnlyCostsTime() {
    Lab lab(2);
    lab.add(0, "t1");
    lab.sync({0, 1});
    lab.add(1, "t2");
    lab.deliver({1});  // what the other is told is lost
    lab.deliver({0});
    QVERIFY(!lab.converged(0));
    lab.time.ms = std::max(lab.time.ms, *lab.at(0).nextWakeMs);
    lab.core(0).wake();
    lab.deliver({0});
    QVERIFY(lab.converged(0));
}

void ScriptsTest::aReconnectCutsTheBackoffShort() {
    Lab lab(1);
    lab.sync({0});
    // So often that the next attempt is minutes away.
    for (int i = 0; i < 12; ++i) {
        lab.at(0).link()->cut();
        lab.time.ms = std::max(lab.time.ms, *lab.at(0).nextWakeMs);
        if (i < 11) lab.core(0).wake();
    }
    lab.exchange.network.packets.clear();
    for (const Reach before : {Reach::kNone, Reach::kPortal, Reach::kUnknown}) {
        lab.add(0, "made meanwhile");
        lab.core(0).networkChanged({before});
        lab.at(0).link()->cut();
        lab.deliver({});
        lab.core(0).networkChanged({Reach::kOnline});
        lab.deliver({0});  // while no time passes
        QVERIFY(lab.converged(0));
    }
}

void ScriptsTest::wakingUpCutsTheBackoffShort() {
    Lab lab(1);
    lab.sync({0});
    lab.at(0).link()->cut();
    lab.add(0, "made meanwhile");
    lab.core(0).machineWoke();
    lab.deliver({0});
    QVERIFY(lab.converged(0));
}

void ScriptsTest::withoutANetworkNothingIsSent() {
    Lab lab(1);
    lab.sync({0});
    lab.core(0).networkChanged({Reach::kNone});
    for (int i = 0; i < 100; ++i) {
        lab.add(0, "made meanwhile");
        lab.time.ms += 60'000;
        lab.core(0).wake();
        QVERIFY(lab.exchange.network.packets.empty());
    }
    const front::Status status = lab.core(0).status();
    QVERIFY(status.connectivity == front::Connectivity::kOffline);
    QVERIFY(status.waitingFor == front::WaitingFor::kNetwork);
    QVERIFY(status.nextAttempt.empty());
    QCOMPARE(status.pending, std::uint64_t{100});
    // A wrong word: a person who asks is not told no, and what works then is not given up again.
    lab.core(0).syncNow([](const auto&) {});
    lab.sync({0});
    QVERIFY(lab.converged(0));
}

void ScriptsTest::equalStampsOfAClone_data() {
    QTest::addColumn<bool>("running");
    QTest::newRow("a restored backup, started anew") << false;
    QTest::newRow("a copy of a machine that runs") << true;
}

void ScriptsTest::equalStampsOfAClone() {
    QFETCH(const bool, running);
    Lab lab(1);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0});
    const int copy = lab.clone(0, running);
    lab.stepMs = 0;
    lab.time.ms += 1'000;
    lab.send(0, What::kUpdate, task, {{"name", "\"z\""}, {"note", "\"a\""}});
    lab.send(copy, What::kUpdate, task, {{"name", "\"y\""}, {"note", "\"b\""}});
    lab.sync({copy});
    lab.sync({0, copy});
    for (const int device : {0, copy}) {
        QVERIFY(lab.converged(device));
        const std::string name = lab.shown(device, task, "name");
        const std::string note = lab.shown(device, task, "note");
        // The stamps differ by their origin, and one command wins whole; where even that is the
        // same nothing tells the two apart, and all agree by the values.
        if (running)
            QCOMPARE(name + note, std::string("zb"));
        else
            QVERIFY2(name + note == "za" || name + note == "yb", (name + note).c_str());
    }
}

void ScriptsTest::aCloneOfTheSameSession() {
    // Both have said hello; then the first sends some, and the clone one after the other under the
    // same numbers: after it was told of them, and where the notice was lost.
    for (const bool told : {true, false}) {
        for (const int count : {1, 2, 3}) {
            Lab lab(1);
            const int copy = cloneAndSends(lab, count);
            lab.deliver(told ? std::vector{0, copy} : std::vector{0});
            lab.add(copy, "of the clone");
            lab.add(copy, "of the clone");
            lab.deliver({0, copy});
            lab.sync({0, copy});
            QCOMPARE(lab.exchange.datastore.documents().size(),
                     static_cast<std::size_t>(3 + count));
            for (const int device : {0, copy}) QVERIFY(lab.converged(device));
        }
    }
}

void ScriptsTest::aNumberOfACloneTellsNothingOfOurs() {
    for (const int count : {1, 2, 3}) {
        Lab lab(1);
        const int copy = cloneAndSends(lab, count);
        lab.deliver({0});
        const Draft draft = lab.draft("t2");
        const auto receipt = lab.send(copy, draft);
        lab.deliver({copy}, [](const Packet& packet) { return packet.applied.has_value(); });
        // The number is used up in the ledger, but by another command.
        QVERIFY(!lab.exchange.datastore.documents().contains(receipt.taskId));
        QCOMPARE(lab.send(copy, draft).level, front::Level::kDurable);
    }
}

int hashira::sim::runScripts(int argc, char** argv) {
    ScriptsTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "scripts_test.moc"

// SPDX-License-Identifier: MIT
#include "simulation/lab.h"
#include "simulation/scripts.h"

#include "model/moment.h"

using namespace hashira;
using namespace hashira::sim;

namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kWeek = 7 * 24 * kHour;
constexpr std::int64_t kYear = 365 * 24 * kHour;

/// A task that was done so many weeks ago, by the first device; returns its id.
std::string doneWeeksAgo(Lab& lab, int weeks) {
    const std::string done = json::quoted(formatMoment(lab.time.ms - weeks * kWeek, 60));
    return lab.send(0, What::kNew, {}, {{"name", "\"t1\""}, {"place", "\"done\""}, {"done", done}})
        .taskId;
}

/// The log's upkeep of the first device is due, and done.
void untilUpkeep(Lab& lab) {
    lab.time.ms += 2 * kHour;
    lab.core(0).wake();
}

}  // namespace

/// Stories of clocks that lie.
class ClockScripts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aClockAYearAheadLosesNothing();
    void aClockAYearAheadKeepsTheLog();
    void aClockThatWasAYearBehindKeepsTheLog();
    void theLogForgetsWhatIsOld();
    void anAcceptedCommandIsNeverHeldOff();
    void shiftedStampsStayAboveWhatWasSeen();
    void shiftedStampsStayAboveWhatWasAccepted_data();
    void shiftedStampsStayAboveWhatWasAccepted();
    void shiftedStampsStayBelowWhatACopyLowered();
    void aRetriedCommandKeepsItsStamp();
    void aStampIsAboveWhatWasSeen();
    void weeksThatAreKeptAgainAreFetched_data();
    void weeksThatAreKeptAgainAreFetched();
    void aWindowThatGrowsDuringItsFetchIsFetchedAgain();
};

void ClockScripts::aClockAYearAheadLosesNothing() {
    Lab lab(2);
    const auto task = lab.add(1, "t1").taskId;
    lab.sync({0, 1});
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

void ClockScripts::aClockAYearAheadKeepsTheLog() {
    Lab lab(1);
    const Draft draft = lab.draft("t1");
    lab.send(0, draft);
    lab.sync({0});
    lab.at(0).clock.skewMs = kYear;
    untilUpkeep(lab);
    lab.send(0, draft);
    lab.sync({0});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(1));
}

void ClockScripts::aClockThatWasAYearBehindKeepsTheLog() {
    Lab lab(1);
    lab.add(0, "old");
    lab.sync({0});
    lab.time.ms += 11 * kWeek;
    lab.sync({0});
    untilUpkeep(lab);  // from now on there is something that the log may forget
    const Draft draft = lab.draft("t1");
    lab.at(0).clock.skewMs = -kYear;
    lab.send(0, draft);
    lab.at(0).clock.skewMs = 0;
    lab.sync({0});
    untilUpkeep(lab);
    lab.send(0, draft);
    lab.sync({0});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(2));
}

void ClockScripts::theLogForgetsWhatIsOld() {
    Lab lab(1);
    const auto knows = [&](const front::Receipt& receipt) {
        return lab.core(0).outbox().find(receipt.commandId)->has_value();
    };
    const auto first = lab.add(0, "t1");
    lab.sync({0});
    lab.time.ms += 9 * kWeek;
    const auto second = lab.add(0, "t2");
    for (const bool known : {true, false}) {
        lab.sync({0});
        untilUpkeep(lab);
        QCOMPARE(knows(first), known);
        QVERIFY(knows(second));
        lab.time.ms += 2 * kWeek;
    }
}

void ClockScripts::anAcceptedCommandIsNeverHeldOff() {
    Lab lab(1);
    lab.at(0).clock.skewMs = lab.exchange.datastore.skewMs = 72 * kHour;
    const auto receipt = lab.add(0, "t1");
    lab.deliver({0}, [](const Packet& packet) { return packet.applied.has_value(); });
    const Stamp stamp = (*lab.core(0).outbox().find(receipt.commandId))->command.stamp;
    QVERIFY(stamp.ms > lab.time.ms + 48 * kHour);
    // Both clocks are set right, and the datastore forgets it before its task was ever fetched.
    lab.at(0).clock.skewMs = lab.exchange.datastore.skewMs = 0;
    lab.exchange.datastore.wipe();
    lab.at(0).link()->cut();
    lab.sync({0});
    QCOMPARE(lab.exchange.datastore.documents().at(receipt.taskId).document.find("name")->stamp,
             stamp);
}

void ClockScripts::shiftedStampsStayAboveWhatWasSeen() {
    Lab lab(2);
    const auto task = lab.add(1, "t1").taskId;
    lab.at(1).clock.skewMs = 20 * kHour;
    lab.sync({0});  // knows how far each clock is off only from now on
    lab.send(1, What::kUpdate, task, {{"note", "\"seen\""}});
    lab.sync({0, 1});
    QCOMPARE(lab.shown(0, task, "note"), std::string("seen"));
    lab.at(0).clock.skewMs = kYear;
    lab.send(0, What::kUpdate, task, {{"note", "\"z, the first over it\""}});
    lab.send(0, What::kUpdate, task, {{"note", "\"a, the second\""}});
    lab.time.ms += 2 * kHour;
    lab.add(0, "t2");  // the newest is shifted to the time told: those before it to before that
    lab.at(0).clock.skewMs = 0;
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "note"), std::string("a, the second"));
    }
}

void ClockScripts::shiftedStampsStayAboveWhatWasAccepted_data() {
    QTest::addColumn<bool>("byHello");
    QTest::newRow("told by the answer of Apply") << false;
    QTest::newRow("told by a hello, as the answer was lost") << true;
}

void ClockScripts::shiftedStampsStayAboveWhatWasAccepted() {
    QFETCH(const bool, byHello);
    Lab lab(1);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0});
    lab.at(0).clock.skewMs = 20 * kHour;
    lab.send(0, What::kUpdate, task, {{"note", "\"accepted\""}});
    if (byHello) {
        lab.deliver({0}, [](const Packet& packet) {
            return packet.toServer && std::holds_alternative<sync::ApplyRequest>(*packet.request);
        });
        lab.exchange.network.packets.clear();
        lab.at(0).link()->cut();
    }
    lab.at(0).clock.skewMs = kYear;
    lab.send(0, What::kUpdate, task, {{"note", "\"a, later\""}});
    lab.time.ms += 2 * kHour;
    lab.add(0, "t2");
    lab.at(0).clock.skewMs = 0;
    lab.sync({0});
    QVERIFY(lab.converged(0));
    QCOMPARE(lab.shown(0, task, "note"), std::string("a, later"));
}

void ClockScripts::shiftedStampsStayBelowWhatACopyLowered() {
    Lab lab(1);
    lab.add(0, "t1");
    lab.sync({0});
    lab.at(0).clock.skewMs = kYear;
    lab.add(0, "t2");
    lab.at(0).clock.skewMs = 0;
    const int copy = lab.clone(0);
    lab.sync({copy});  // lowers the stamp of t2, and sends it
    const auto receipt = lab.add(0, "t3");
    lab.sync({0});  // is told by a hello that t2 was accepted, but not with which stamp
    QVERIFY(lab.converged(0));
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(3));
    const Stamp stamp = (*lab.core(0).outbox().find(receipt.commandId))->command.stamp;
    QVERIFY(stamp.ms <= lab.time.ms);
}

void ClockScripts::aRetriedCommandKeepsItsStamp() {
    Lab lab(1);
    const auto refused = lab.send(0, What::kNew, {}, {{"name", "\"t1\""}}, true);
    lab.sync({0});
    const Stamp stamp = (*lab.core(0).outbox().find(refused.commandId))->command.stamp;
    lab.at(0).clock.skewMs = kYear;
    lab.add(0, "held off");
    lab.at(0).clock.skewMs = 0;
    lab.exchange.refuse.clear();
    QVERIFY(lab.core(0).retryRejected(refused.commandId));
    lab.sync({0});
    QCOMPARE(lab.exchange.datastore.documents().size(), std::size_t(2));
    QCOMPARE((*lab.core(0).outbox().find(refused.commandId))->command.stamp, stamp);
}

void ClockScripts::aStampIsAboveWhatWasSeen() {
    Lab lab(2);
    const auto task = lab.add(1, "t1").taskId;
    lab.sync({0, 1});
    lab.at(1).clock.skewMs = 20 * kHour;  // not known to the datastore before the next hello
    lab.send(1, What::kUpdate, task, {{"note", "\"z, seen\""}});
    lab.deliver({0, 1});
    QCOMPARE(lab.shown(0, task, "note"), std::string("z, seen"));
    lab.send(0, What::kUpdate, task, {{"note", "\"a, over it\""}});
    QCOMPARE(lab.shown(0, task, "note"), std::string("a, over it"));
    const auto other = lab.add(0, "t2");
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "note"), std::string("a, over it"));
        const auto record = lab.core(device).documents().record(task);
        const auto newer = lab.core(device).documents().record(other.taskId);
        QVERIFY((*newer)->view.find("name")->stamp > (*record)->view.find("note")->stamp);
    }
}

void ClockScripts::weeksThatAreKeptAgainAreFetched_data() {
    QTest::addColumn<bool>("restarted");
    QTest::newRow("at once") << false;
    QTest::newRow("after a restart") << true;
}

void ClockScripts::weeksThatAreKeptAgainAreFetched() {
    QFETCH(const bool, restarted);
    Lab lab(1);
    const auto task = doneWeeksAgo(lab, 7);
    lab.sync({0});
    QVERIFY(lab.converged(0));
    lab.at(0).clock.skewMs = 5 * kWeek;
    lab.core(0).wake();
    QCOMPARE(*lab.core(0).documents().count(), std::uint64_t(0));
    if (restarted) lab.restart(0);
    lab.sync({0});
    lab.at(0).clock.skewMs = 0;
    lab.sync({0});
    QCOMPARE(lab.shown(0, task, "name"), std::string("t1"));
    QVERIFY(lab.converged(0));
}

void ClockScripts::aWindowThatGrowsDuringItsFetchIsFetchedAgain() {
    Lab lab(2);
    const auto task = doneWeeksAgo(lab, 7);
    lab.sync({0});
    lab.at(1).clock.skewMs = 5 * kWeek;
    lab.core(1).wake();
    lab.core(1).syncNow([](const auto&) {});
    auto& packets = lab.exchange.network.packets;
    lab.deliver({1}, [&](const Packet& packet) {
        return !packet.toServer && packet.watchItem;  // hello: the Fetch is on its way
    });
    QCOMPARE(packets.size(), std::size_t(1));
    lab.at(1).clock.skewMs = 0;
    lab.core(1).wake();
    lab.deliver({1});
    QCOMPARE(lab.shown(1, task, "name"), std::string("t1"));
}

int hashira::sim::runClockScripts(int argc, char** argv) {
    ClockScripts test;
    return QTest::qExec(&test, argc, argv);
}

#include "scripts_clock_test.moc"

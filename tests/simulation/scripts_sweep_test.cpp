// SPDX-License-Identifier: MIT
#include "simulation/lab.h"
#include "simulation/scripts.h"

using namespace hashira;
using namespace hashira::sim;

namespace {

constexpr std::int64_t kDay = 24LL * 3'600'000;
constexpr std::int64_t kRetention = 30 * kDay;

/// So much time passes, and the datastore removes what is older than it keeps.
void sweepAfter(Lab& lab, std::int64_t ms) {
    lab.time.ms += ms;
    const Status swept = lab.exchange.datastore.sweep(kRetention);
    QVERIFY2(swept.ok(), swept ? "" : swept.error().message.c_str());
    QCOMPARE(lab.exchange.datastore.violations, std::vector<std::string>());
}

/// Two devices that both know of a task with a note which the first has deleted.
std::string deletedTask(Lab& lab) {
    const auto task = lab.add(0, "t1").taskId;
    lab.send(0, What::kUpdate, task, {{"note", "\"what is in it\""}});
    lab.send(0, What::kDelete, task, {{"deleted", "true"}});
    lab.sync({0, 1});
    return task;
}

const Document& stored(const Lab& lab, const std::string& task) {
    static Document document;
    document = lab.exchange.datastore.documents().at(task).document;
    return document;
}

}  // namespace

/// What the datastore keeps for a set time only, and devices that come back after it.
class SweepScripts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void deletedTasksLoseWhatIsInThem();
    void notBeforeTheirTime();
    void deletedTasksOfOldWeeks();
    void anEditFromFarAwayRevivesNothing();
    void aRestoreAfterTheSweepIsWhole_data();
    void aRestoreAfterTheSweepIsWhole();
    void aRestoreAtOnceLeavesOthersTheirChanges();
    void aDeviceWithAnOldCursorLosesNothing();
    void aForgottenRefusalIsNotTakenForAnEffect();
    void aForgottenRefusalIsNotRepeatedToAClone();
    void aSetBackGivesBackWhatWasSwept();
};

void SweepScripts::deletedTasksLoseWhatIsInThem() {
    Lab lab(2);
    const auto task = deletedTask(lab);
    sweepAfter(lab, kRetention + kDay);
    QCOMPARE(stored(lab, task).string("note"), std::string());
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "note"), std::string());
    }
}

void SweepScripts::notBeforeTheirTime() {
    Lab lab(2);
    const auto task = deletedTask(lab);
    lab.time.ms += 60'000;
    lab.send(1, What::kUpdate, task, {{"deleted", "false"}});  // it says nothing of the note
    sweepAfter(lab, kRetention - kDay);
    lab.sync({0, 1});
    for (const int device : {0, 1})
        QCOMPARE(lab.shown(device, task, "note"), std::string("what is in it"));
}

void SweepScripts::deletedTasksOfOldWeeks() {
    Lab lab(2);
    const auto task = lab.add(0, "t1").taskId;
    lab.send(0, What::kUpdate, task, {{"place", "\"done\""}});
    lab.send(0, What::kDelete, task, {{"deleted", "true"}});
    lab.sync({0, 1});
    sweepAfter(lab, kRetention + kDay);
    QVERIFY(!stored(lab, task).bucket().open());
    lab.sync({0, 1});  // a document in another week than its own would be refused
    for (const int device : {0, 1}) QVERIFY(lab.converged(device));
}

void SweepScripts::anEditFromFarAwayRevivesNothing() {
    Lab lab(3);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0, 1, 2});
    lab.send(1, What::kUpdate, task, {{"name", "\"from far away\""}, {"place", "\"todo\""}});
    lab.send(0, What::kDelete, task, {{"deleted", "true"}});
    lab.sync({0, 2});
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0, 2});
    lab.send(1, What::kUpdate, task, {{"note", "\"later than the deletion\""}});
    lab.sync({0, 1, 2});
    QVERIFY(stored(lab, task).deleted());
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0, 1, 2});
    for (const int device : {0, 1, 2}) QVERIFY(lab.converged(device));
    QCOMPARE(lab.shown(1, task, "note"), std::string());
}

void SweepScripts::aRestoreAfterTheSweepIsWhole_data() {
    QTest::addColumn<bool>("moved");
    QTest::newRow("restored") << false;
    QTest::newRow("restored to a place") << true;
}

void SweepScripts::aRestoreAfterTheSweepIsWhole() {
    QFETCH(bool, moved);
    Lab lab(3);
    const auto task = deletedTask(lab);
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0, 2});
    Fields fields{{"deleted", "false"}};
    if (moved) fields.push_back({"place", "\"doing\""});
    lab.send(1, What::kUpdate, task, fields);  // it has not heard of the sweep
    lab.sync({0, 1, 2});
    for (const int device : {0, 1, 2}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "name"), std::string("t1"));
        QCOMPARE(lab.shown(device, task, "note"), std::string("what is in it"));
        QCOMPARE(lab.shown(device, task, "place"), std::string(moved ? "doing" : "backlog"));
    }
}

void SweepScripts::aRestoreAtOnceLeavesOthersTheirChanges() {
    Lab lab(2);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0, 1});
    lab.send(0, What::kDelete, task, {{"deleted", "true"}});
    lab.send(1, What::kUpdate, task, {{"note", "\"of the other\""}});
    lab.send(1, What::kUpdate, task, {{"name", "\"renamed\""}});
    lab.send(0, What::kUpdate, task, {{"deleted", "false"}});
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QCOMPARE(lab.shown(device, task, "name"), std::string("renamed"));
        QCOMPARE(lab.shown(device, task, "note"), std::string("of the other"));
    }
}

void SweepScripts::aDeviceWithAnOldCursorLosesNothing() {
    Lab lab(2);
    const auto edited = lab.add(0, "t1").taskId;
    const auto done = lab.add(0, "t2").taskId;
    const auto gone = lab.add(0, "t3").taskId;
    lab.sync({0, 1});
    const auto old = *lab.core(1).views().base().cursor;
    const auto made = lab.add(1, "of the other").taskId;
    lab.send(1, What::kUpdate, edited, {{"name", "\"renamed\""}});
    lab.send(0, What::kUpdate, done, {{"place", "\"done\""}});
    lab.send(0, What::kDelete, gone, {{"deleted", "true"}});
    for (int i = 0; i < 8; ++i) {
        lab.send(0, What::kUpdate, edited, {{"note", json::quoted(std::to_string(i))}});
        lab.sync({0});
    }
    // Longer than the weeks that are kept: what was done leaves the window in the meantime.
    sweepAfter(lab, 100 * kDay);
    const auto hello = lab.exchange.datastore.hello({{}, old, {}});
    QVERIFY(hello && hello->cursorKnown && hello->cursorOld);
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QCOMPARE(lab.shown(device, edited, "name"), std::string("renamed"));
        QCOMPARE(lab.shown(device, edited, "note"), std::string("7"));
        QCOMPARE(lab.shown(device, made, "name"), std::string("of the other"));
        QCOMPARE(lab.shown(device, done, "name"), std::string("(no task)"));
        QVERIFY(lab.core(device).listRejected()->empty());
    }
}

void SweepScripts::aForgottenRefusalIsNotTakenForAnEffect() {
    Lab lab(2);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0, 1});
    lab.send(0, What::kUpdate, task, {{"note", "\"refused\""}}, true);
    // Refused, and the answer is lost; the device comes back when nobody knows of it any more.
    lab.deliver({0}, [](const Packet& packet) {
        return packet.toServer && std::holds_alternative<sync::ApplyRequest>(*packet.request);
    });
    lab.at(0).link()->cut();
    lab.exchange.refuse.clear();
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "note"), std::string("refused"));
    }
}

void SweepScripts::aForgottenRefusalIsNotRepeatedToAClone() {
    Lab lab(1);
    const auto task = lab.add(0, "t1").taskId;
    lab.sync({0});
    const int copy = lab.clone(0);
    lab.sync({0, copy});
    Draft draft = lab.draft("");
    draft.what = What::kUpdate;
    draft.taskId = task;
    draft.fields = {{"note", "\"refused\""}};
    lab.exchange.refuse.insert(draft.commandId);
    lab.send(0, draft);
    lab.deliver({0});
    QCOMPARE(lab.core(0).listRejected()->size(), std::size_t(1));
    lab.exchange.refuse.clear();
    sweepAfter(lab, kRetention + kDay);
    // The same command under the same number, in a session that was greeted before all this.
    lab.send(copy, draft);
    lab.deliver({copy});
    lab.sync({copy});
    QCOMPARE(stored(lab, task).string("note"), std::string("refused"));
    QCOMPARE(lab.shown(copy, task, "note"), std::string("refused"));
}

void SweepScripts::aSetBackGivesBackWhatWasSwept() {
    Lab lab(2);
    const auto backup = lab.exchange.datastore.backup();
    const auto task = deletedTask(lab);
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0});
    lab.exchange.datastore.restore(backup);
    lab.sync({0, 1});  // the one pushes what is left, the other what there was
    QVERIFY(stored(lab, task).deleted());
    sweepAfter(lab, kRetention + kDay);
    lab.sync({0, 1});
    for (const int device : {0, 1}) {
        QVERIFY(lab.converged(device));
        QCOMPARE(lab.shown(device, task, "note"), std::string());
    }
}

int hashira::sim::runSweepScripts(int argc, char** argv) {
    SweepScripts test;
    return QTest::qExec(&test, argc, argv);
}

#include "scripts_sweep_test.moc"

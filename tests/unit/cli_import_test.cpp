// SPDX-License-Identifier: MIT
#include "cli_fake_client.h"
#include "import_lines.h"

#include "model/uuid.h"

#include <QTemporaryDir>
#include <QTest>

#include <sstream>

using namespace hashira;
using namespace hashira::cli;

class CliImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void todoTxt_data();
    void todoTxt();
    void idsComeFromLineAndOccurrence();
    void unknownFieldsAndNumbersSurvive();
    void againAddsOnlyWhatIsMissing();
    void againIsHarmlessWhereTheDaemonForgot();
    void badLinesCostOnlyThemselves();
    void refusedTaskCostsOnlyItself();
    void shiftKeepsTheIds();
    void shiftStaysWithinTheYears();
    void longLinesAreToldAndCutOff();
    void vanishingDaemonSaysWhatIsSafe();
    void exportAndImportLoseNothing();
    void exportSaysWhatIsMissing();
    void undoTakesAnImportBack();
};

namespace {

std::string field(const ImportedTask& task, const std::string& name) {
    const auto found = task.fields.find(name);
    return found == task.fields.end() ? std::string() : found->second;
}

ImportedTask readOne(ImportFormat format, const std::string& line) {
    LineReader reader(format, 60);
    return **reader.read(line);
}

}  // namespace

void CliImportTest::todoTxt_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("expected");  // name, place, labels, created, done, due
    const auto row = [](const char* line, const char* name, const char* place, const char* labels,
                        const char* created, const char* done, const char* due) {
        QStringList values;
        for (const char* value : {name, place, labels, created, done, due})
            values << QString::fromUtf8(value);
        QTest::newRow(line) << QString::fromUtf8(line) << values;
    };
    row("Buy milk", "\"Buy milk\"", "\"backlog\"", "", "", "", "");
    row("(A) 2026-11-01 Call Mom +family @phone due:2026-12-01", "\"Call Mom\"", "\"backlog\"",
        "[\"(A)\",\"+family\",\"@phone\"]", "\"2026-11-01T12:00:00+01:00\"", "", "\"2026-12-01\"");
    row("x 2026-11-20 2026-11-01 Pay rent", "\"Pay rent\"", "\"done\"", "",
        "\"2026-11-01T12:00:00+01:00\"", "\"2026-11-20T12:00:00+01:00\"", "");
    row("x (B) 2026-11-20 Pay rent pri:C", "\"Pay rent\"", "\"done\"", "[\"(B)\",\"(C)\"]", "",
        "\"2026-11-20T12:00:00+01:00\"", "");
    row("xylophone lesson", "\"xylophone lesson\"", "\"backlog\"", "", "", "", "");
    row("+only @labels", "\"+only @labels\"", "\"backlog\"", "[\"+only\",\"@labels\"]", "", "", "");
    row("mail a@b.c due:soon 1 + 1", "\"mail a@b.c due:soon 1 + 1\"", "\"backlog\"", "", "", "",
        "");
}

void CliImportTest::todoTxt() {
    QFETCH(QString, line);
    QFETCH(QStringList, expected);
    const ImportedTask task = readOne(ImportFormat::kTodoTxt, line.toStdString());
    int at = 0;
    for (const char* name : {"name", "place", "labels", "created", "done", "due"})
        QCOMPARE(QString::fromStdString(field(task, name)), expected[at++]);
}

void CliImportTest::idsComeFromLineAndOccurrence() {
    const std::string line = R"({"name": "twice"})";
    LineReader reader(ImportFormat::kJsonLines, 0);
    const auto first = reader.read(line);
    const auto second = reader.read(line + "\r");
    const auto other = reader.read(R"({"name":"twice"})");
    QVERIFY(isUuid((*first)->id) && isUuid((*first)->commandId));
    QVERIFY((*first)->id != (*second)->id && (*first)->id != (*other)->id);
    LineReader again(ImportFormat::kJsonLines, 600);
    QCOMPARE((*again.read(line))->id, (*first)->id);
    const auto repeated = again.read(line);
    QCOMPARE((*repeated)->id, (*second)->id);
    QCOMPARE((*repeated)->commandId, (*second)->commandId);
    // Fixed for ever: an import of an older version can be run again with a newer one.
    QCOMPARE((*first)->id, std::string("01663d31-adf7-5425-b18f-bd51bb1fb0a9"));
    const auto own = reader.read(R"({"name":"x","id":"019AB000-0000-7000-8000-000000000001"})");
    QCOMPARE((*own)->id, std::string("019ab000-0000-7000-8000-000000000001"));
    QVERIFY(!(*reader.read("   ")).has_value());
}

void CliImportTest::unknownFieldsAndNumbersSurvive() {
    const ImportedTask task = readOne(
        ImportFormat::kJsonLines,
        R"({"name":"n","cost":1.10,"big":12345678901234567890,"o":{"b":1,"a":null},"note":null})");
    QCOMPARE(field(task, "cost"), std::string("1.10"));
    QCOMPARE(field(task, "big"), std::string("12345678901234567890"));
    QCOMPARE(field(task, "o"), std::string(R"({"a":null,"b":1})"));
    QCOMPARE(field(task, "note"), std::string());
}

void CliImportTest::againAddsOnlyWhatIsMissing() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string file =
        "{\"name\":\"a\"}\n{\"name\":\"a\"}\n\n{\"name\":\"b\",\"done\":\"2020-01-01T00:00:00Z\"}";
    QCOMPARE(person.run({"import", "-", "--json"}, file), 0);
    QCOMPARE(person.out, std::string("{\"imported\":3,\"skipped\":0,\"failed\":0}\n"));
    QCOMPARE(person.daemon.tasks.size(), std::size_t(3));
    QCOMPARE(person.run({"import", "-", "--json"}, file + "\n{\"name\":\"c\"}\n"), 0);
    QCOMPARE(person.out, std::string("{\"imported\":1,\"skipped\":3,\"failed\":0}\n"));
    // A task that was deleted meanwhile does not come back.
    person.daemon.tasks.begin()->second.task.deleted = true;
    QCOMPARE(person.run({"import", "-", "--json"}, file), 0);
    QCOMPARE(person.out, std::string("{\"imported\":0,\"skipped\":3,\"failed\":0}\n"));
    QVERIFY(person.daemon.tasks.begin()->second.task.deleted);
}

void CliImportTest::againIsHarmlessWhereTheDaemonForgot() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string file = "{\"name\":\"a\"}\n{\"name\":\"b\"}\n";
    QCOMPARE(person.run({"import", "-"}, file), 0);
    person.daemon.tasks
        .clear();  // its weeks left the store; the outbox still knows the command ids
    QCOMPARE(person.run({"import", "-", "--json"}, file), 0);
    QCOMPARE(person.out, std::string("{\"imported\":0,\"skipped\":2,\"failed\":0}\n"));
    QVERIFY(person.daemon.tasks.empty());
}

void CliImportTest::badLinesCostOnlyThemselves() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string file =
        "{\"name\":\"good\"}\nnot json\n{\"note\":\"no "
        "name\"}\n{\"name\":\"x\",\"due\":\"soon\"}\n{\"name\":\"y\",\"before\":\"z\"}\n";
    QCOMPARE(person.run({"import", "-", "--json"}, file), 1);
    QCOMPARE(person.out, std::string("{\"imported\":1,\"skipped\":0,\"failed\":4}\n"));
    QVERIFY(person.err.find("line 2: ") != std::string::npos);
    QVERIFY(person.err.find("line 3: name: is missing") != std::string::npos);
    QVERIFY(person.err.find("line 4: due: must be a day") != std::string::npos);
    QVERIFY(person.err.find("line 5: before") != std::string::npos);
}

void CliImportTest::refusedTaskCostsOnlyItself() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    person.daemon.badName = "poison";
    std::string file;
    for (int i = 0; i < 9; ++i)
        file += "{\"name\":\"" + (i == 4 ? std::string("poison") : std::to_string(i)) + "\"}\n";
    QCOMPARE(person.run({"import", "-", "--json"}, file), 1);
    QCOMPARE(person.out, std::string("{\"imported\":8,\"skipped\":0,\"failed\":1}\n"));
}

void CliImportTest::shiftKeepsTheIds() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string file =
        "{\"name\":\"new\",\"created\":\"2026-08-20T23:30:00+02:00\"}\n"
        "{\"name\":\"old\",\"done\":\"2026-08-10T01:00:00Z\",\"due\":\"2026-08-12\"}\n";
    QCOMPARE(person.run({"import", "-", "--shift-to-now"}, file), 0);
    LineReader reader(ImportFormat::kJsonLines, 60);
    const auto first = reader.read("{\"name\":\"new\",\"created\":\"2026-08-20T23:30:00+02:00\"}");
    const auto& tasks = person.daemon.tasks;
    QCOMPARE(*tasks.at((*first)->id).task.created, std::string("2026-11-23T23:30:00+02:00"));
    const auto second =
        reader.read("{\"name\":\"old\",\"done\":\"2026-08-10T01:00:00Z\",\"due\":\"2026-08-12\"}");
    QCOMPARE(*tasks.at((*second)->id).task.done, std::string("2026-11-13T01:00:00Z"));
    QCOMPARE(*tasks.at((*second)->id).task.due, std::string("2026-11-15"));
}

void CliImportTest::shiftStaysWithinTheYears() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string one = "{\"name\":\"one\",\"due\":\"9999-12-31\"}";
    const std::string other = "{\"name\":\"other\",\"created\":\"2026-11-23T10:00:00Z\"}";
    QCOMPARE(person.run({"import", "-", "--shift-to-now"}, one + "\n" + other + "\n"), 0);
    LineReader reader(ImportFormat::kJsonLines, 0);
    const auto& tasks = person.daemon.tasks;
    QCOMPARE(*tasks.at((*reader.read(one))->id).task.due, std::string("2026-11-23"));
    QCOMPARE(*tasks.at((*reader.read(other))->id).task.created,
             std::string("0001-01-01T10:00:00Z"));
    ImportedTask task = **reader.read(one);
    shiftDays(task, std::chrono::days(1));
    QCOMPARE(field(task, "due"), std::string("\"9999-12-31\""));
}

void CliImportTest::longLinesAreToldAndCutOff() {
    const std::string most(kLineBytes, 'x');
    std::istringstream good(most + "\n" + most + "\nend");
    QCOMPARE(*readText(good), most + "\n" + most + "\nend");
    std::istringstream longer(most + std::string(100'000, 'x') + "\n\nend\n");
    const auto text = readText(longer);
    QCOMPARE(*text, most + "x\n\nend\n");
    LineReader reader(ImportFormat::kTodoTxt, 0);
    const auto task = reader.read(std::string_view(*text).substr(0, kLineBytes + 1));
    QVERIFY(!task);
    QCOMPARE(task.error().message, std::string("is longer than 4194304 bytes"));
    std::istringstream endless("a\n" + std::string(17 * kLineBytes, 'x'));
    QCOMPARE(readText(endless).error().message,
             std::string("line 2 does not end: this is no text of lines"));
}

void CliImportTest::vanishingDaemonSaysWhatIsSafe() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    std::string file;
    for (int i = 0; i < 1200; ++i) file += "{\"name\":\"" + std::to_string(i) + "\"}\n";
    person.daemon.sendsBeforeAway = 2;
    QCOMPARE(person.run({"import", "-"}, file), 3);
    QVERIFY2(person.err.find("1000 tasks are imported and safe; run the same import again") !=
                 std::string::npos,
             person.err.c_str());
    person.daemon.away = false;
    person.daemon.sendsBeforeAway = -1;
    QCOMPARE(person.run({"import", "-", "--json"}, file), 0);
    QCOMPARE(person.out, std::string("{\"imported\":200,\"skipped\":1000,\"failed\":0}\n"));
}

void CliImportTest::exportAndImportLoseNothing() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    const std::string file =
        R"({"id":"019ab000-0000-7000-8000-000000000001","name":"日本 \"q\"\n","place":"doing","rank":"a5","labels":["x"],"note":"n","due":"2026-12-01","created":"2026-11-01T00:00:00Z","started":"2026-11-02T00:00:00Z","cost":1.10})"
        "\n"
        R"({"id":"019ab000-0000-7000-8000-000000000002","name":"old","place":"done","rank":"b5","created":"2026-11-01T00:00:00Z","done":"2020-03-04T00:00:00Z"})"
        "\n";
    QCOMPARE(person.run({"import", "-"}, file), 0);
    QCOMPARE(person.run({"export"}), 0);
    QCOMPARE(person.out, file);
    const std::string exported = person.out;
    Person other(directory.path().toStdString() + "/other");
    QCOMPARE(other.run({"import", "-"}, exported), 0);
    QCOMPARE(other.run({"export"}), 0);
    QCOMPARE(other.out, exported);
}

void CliImportTest::exportSaysWhatIsMissing() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    person.daemon.add("019ab000-0000-7000-8000-000000000001", "kept");
    for (int offset = 10; offset < 520; ++offset)
        person.daemon.incompleteWeeks[offset] = "the datastore is offline";
    QCOMPARE(person.run({"export"}), 1);
    QVERIFY(person.out.find("kept") != std::string::npos);
    QCOMPARE(person.err,
             std::string("hashira: incomplete: 2016-W50 to 2026-W38: the datastore is offline\n"));
}

void CliImportTest::undoTakesAnImportBack() {
    const QTemporaryDir directory;
    Person person(directory.path().toStdString());
    QCOMPARE(person.run({"import", "-"}, "{\"name\":\"a\"}\n{\"name\":\"b\"}\n"), 0);
    QCOMPARE(person.run({"undo"}), 0);
    for (const auto& [id, held] : person.daemon.tasks) QVERIFY(held.task.deleted);
}

QTEST_GUILESS_MAIN(CliImportTest)
#include "cli_import_test.moc"

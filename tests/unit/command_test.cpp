// SPDX-License-Identifier: MIT
// What a payload may say. Daemon and datastore share this check, so that what one takes the other
// does too.
#include <QTest>

#include "base/limits.h"
#include "model/command.h"
#include "support/seeded.h"

using namespace hashira;
using namespace hashira::test;

namespace {

constexpr char kTask[] = "0193a5b0-0000-7000-8000-000000000001";

/// ID becomes a task's id.
std::string withId(std::string text) {
    for (auto at = text.find("ID"); at != std::string::npos; at = text.find("ID"))
        text.replace(at, 2, kTask);
    return text;
}

std::string field(const std::string& name, const std::string& value) {
    return withId("{\"id\":\"ID\",\"" + name + "\":" + value + "}");
}

std::string manyLabels(std::size_t count) {
    std::string labels = "[";
    for (std::size_t i = 0; i < count; ++i) labels += (i ? ",\"l\"" : "\"l\"");
    return labels + "]";
}

std::string text(std::size_t count, const char* character = "é") {
    std::string value = "\"";
    for (std::size_t i = 0; i < count; ++i) value += character;
    return value + "\"";
}

}  // namespace

class CommandTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepted_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QByteArray>("payload");
        const auto row = [](const char* name, What what, const std::string& payload) {
            QTest::newRow(name) << static_cast<int>(what)
                                << QByteArray::fromStdString(withId(payload));
        };
        row("new, only a name", What::kNew, R"({"name":"x"})");
        row("new, its own id", What::kNew, R"({"name":"x","id":"ID"})");
        row("new, everything", What::kNew,
            R"({"name":"x","place":"doing","labels":["a"],"note":"n","due":"2026-12-01","rank":"a0V",)"
            R"("created":"2026-11-23T19:45:33Z","started":null,"done":null,"deleted":false,"mine":{"a":[1]}})");
        row("update", What::kUpdate, R"({"id":"ID","name":"y"})");
        row("update, only before", What::kUpdate, R"({"id":"ID","before":"ID"})");
        row("update, undelete", What::kUpdate, R"({"id":"ID","deleted":false})");
        row("delete", What::kDelete, R"({"id":"ID"})");
        row("longest name", What::kUpdate, field("name", text(limits::kNameCharacters)));
        row("longest note", What::kUpdate, field("note", text(limits::kNoteCharacters, "😀")));
        row("most labels", What::kUpdate, field("labels", manyLabels(limits::kLabels)));
        row("longest label", What::kUpdate,
            field("labels", "[" + text(limits::kLabelCharacters) + "]"));
        row("due is a moment", What::kUpdate, field("due", "\"2026-12-01T10:00:00+01:00\""));
        row("unknown field removed", What::kUpdate, field("mine", "null"));
        for (const char* name : {"note", "due", "labels", "created", "started", "done"})
            row((std::string("removed ") + name).c_str(), What::kUpdate, field(name, "null"));
        for (const Place place : kPlaces)
            row(std::string(placeName(place)).c_str(), What::kUpdate,
                field("place", '"' + std::string(placeName(place)) + '"'));
    }
    void accepted() {
        QFETCH(int, what);
        QFETCH(QByteArray, payload);
        const auto draft = checkDraft({}, static_cast<What>(what), payload.toStdString());
        QVERIFY2(draft.ok(), draft.ok() ? "" : draft.error().message.c_str());
        if (!draft->before.empty()) return;
        // The complete payload that is made of it says the same, and is accepted by the other side.
        const std::string complete = makePayload(kTask, draft->fields);
        if (draft->what == What::kDelete) return;
        const auto effect = effectOf(draft->what, complete);
        QVERIFY2(effect.ok(), complete.c_str());
        QCOMPARE(q(effect->taskId), QString::fromLatin1(kTask));
        QVERIFY(effect->fields == draft->fields);
    }

    void refused_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, What what, const std::string& payload,
                            const char* message) {
            QTest::newRow(name) << static_cast<int>(what)
                                << QByteArray::fromStdString(withId(payload))
                                << QString::fromUtf8(message);
        };
        const auto set = [&row](const char* label, const char* name, const std::string& value,
                                const char* message) {
            row(label, What::kUpdate, field(name, value), message);
        };
        row("no JSON", What::kNew, "{", "payload: is not valid JSON at byte 1: ");
        row("no object", What::kNew, "\"x\"", "payload: is not a JSON object");
        row("name twice", What::kNew, R"({"name":"a","name":"b"})",
            "payload: has the name \"name\" twice");
        row("no name", What::kNew, R"({"note":"x"})", "name: is missing; a new task needs one");
        row("no id", What::kUpdate, R"({"name":"x"})",
            "id: is missing; it names the task to change");
        row("no id to delete", What::kDelete, "{}", "id: is missing; it names the task to change");
        row("bad id", What::kNew, R"({"name":"x","id":"7"})", "id: must be a UUID");
        row("id is a number", What::kUpdate, R"({"name":"x","id":7})", "id: must be a UUID");
        row("nothing to change", What::kUpdate, R"({"id":"ID"})",
            "payload: names nothing to change");
        row("delete with a field", What::kDelete, R"({"id":"ID","name":"x"})",
            "name: a DELETE has no field but id");
        row("delete with before", What::kDelete, R"({"id":"ID","before":"ID"})",
            "before: a DELETE has no field but id");
        row("before and after", What::kUpdate, R"({"id":"ID","before":"ID","after":"ID"})",
            "before: cannot stand together with after");
        row("after and rank", What::kUpdate, R"({"id":"ID","after":"ID","rank":"a1"})",
            "after: cannot stand together with rank");
        row("bad before", What::kUpdate, R"({"id":"ID","before":null})", "before: must be a UUID");
        row("too large", What::kNew,
            "{\"name\":\"x\",\"x\":" + text(limits::kPayloadBytes, "x") + "}",
            "payload: has 1048595 bytes, at most 1048576 are allowed");
        set("empty name", "name", "\"\"", "name: must not be empty");
        set("blank name", "name", "\" \\t\\n\"", "name: must not be empty");
        set("name of other spaces", "name", "\"\u00A0\u2003\u3000\\u000b\"",
            "name: must not be empty");
        set("name removed", "name", "null", "name: cannot be removed");
        set("name is a number", "name", "7", "name: must be text");
        set("long name", "name", text(1'001),
            "name: has 1001 characters, at most 1000 are allowed");
        set("long note", "note", text(65'537, "x"),
            "note: has 65537 characters, at most 65536 are allowed");
        set("place", "place", "\"later\"",
            "place: must be \"backlog\", \"todo\", \"doing\" or \"done\"");
        set("place removed", "place", "null",
            "place: must be \"backlog\", \"todo\", \"doing\" or \"done\"");
        set("labels text", "labels", "\"a\"", "labels: must be an array of texts");
        set("labels of numbers", "labels", "[1]", "labels: each label must be text");
        set("too many labels", "labels", manyLabels(65),
            "labels: has 65 labels, at most 64 are allowed");
        set("empty label", "labels", "[\"\"]", "labels: a label must not be empty");
        set("long label", "labels", "[" + text(101) + "]",
            "labels: each label has 101 characters, at most 100 are allowed");
        set("due", "due", "\"tomorrow\"", "due: must be a day like \"2026-11-23\"");
        set("due that is no day", "due", "\"2026-02-30\"", "due: must be a day like");
        set("done is a day", "done", "\"2026-11-23\"", "done: must be a date-time with an offset");
        set("created is a number", "created", "0", "created: must be a date-time with an offset");
        set("rank", "rank", "\"a0\"", "rank: must be 1 to 256 of [0-9A-Za-z], not ending in 0");
        set("rank removed", "rank", "null", "rank: must be 1 to 256");
        set("deleted", "deleted", "1", "deleted: must be true or false");
        set("deleted removed", "deleted", "null", "deleted: must be true or false");
        row("nameless field", What::kUpdate, R"({"id":"ID","":1})", ": a field needs a name");
        row("long field name", What::kUpdate, "{\"id\":\"ID\"," + text(101) + ":1}",
            (std::string(text(101), 1, 202) + ": the name of a field has at most 100 characters")
                .c_str());
        row(
            "too many fields", What::kUpdate,
            [] {
                std::string payload = R"({"id":"ID")";
                for (std::size_t i = 0; i < limits::kFields; ++i)
                    payload += ",\"f" + std::to_string(i) + "\":1";
                return payload + "}";
            }(),
            "payload: has more than 200 fields");
    }
    void refused() {
        QFETCH(int, what);
        QFETCH(QByteArray, payload);
        QFETCH(QString, message);
        const auto draft = checkDraft({}, static_cast<What>(what), payload.toStdString());
        QVERIFY(!draft.ok());
        QVERIFY2(q(draft.error().message).startsWith(message), draft.error().message.c_str());
        QCOMPARE(draft.error().code, ErrorCode::kInvalid);
    }

    void idsAreKeptInLowerCase() {
        const auto draft =
            checkDraft("0193A5B0-0000-7000-8000-0000000000FF", What::kUpdate,
                       R"({"id":"0193A5B0-0000-7000-8000-00000000000A","name":"x"})");
        QVERIFY(draft.ok());
        QCOMPARE(q(draft->commandId), QStringLiteral("0193a5b0-0000-7000-8000-0000000000ff"));
        QCOMPARE(q(draft->taskId), QStringLiteral("0193a5b0-0000-7000-8000-00000000000a"));
        QVERIFY(!checkDraft("x", What::kNew, R"({"name":"x"})").ok());
    }

    void aDeleteSetsDeleted() {
        const auto draft = checkDraft({}, What::kDelete, withId(R"({"id":"ID"})"));
        QVERIFY(draft.ok());
        QVERIFY(draft->fields == (Fields{{"deleted", "true"}}));
        const auto effect = effectOf(What::kDelete, withId(R"({"id":"ID"})"));
        QVERIFY(effect.ok() && effect->fields == draft->fields);
    }

    void theDatastoreTakesNoFrontEndsWords() {
        QVERIFY(!effectOf(What::kUpdate, withId(R"({"id":"ID","before":"ID"})")).ok());
        QVERIFY(!effectOf(What::kNew, R"({"name":"x"})").ok());
    }

    void thePayloadIsCanonical() {
        QCOMPARE(q(makePayload("ID", {{"a", "1"}, {"name", "\"x\""}})),
                 QStringLiteral(R"({"a":1,"id":"ID","name":"x"})"));
        QCOMPARE(q(makePayload("ID", {})), QStringLiteral(R"({"id":"ID"})"));
        QCOMPARE(q(makePayload("ID", {{"a", "1"}})), QStringLiteral(R"({"a":1,"id":"ID"})"));
    }

    void unknownFieldsAreUntouched() {
        const auto draft =
            checkDraft({}, What::kNew, R"({"name":"x","z":{"b":1.50,"a":"\u00e9"},"A":1e2})");
        QVERIFY(draft.ok());
        QVERIFY(draft->fields ==
                (Fields{{"A", "1e2"}, {"name", "\"x\""}, {"z", R"({"a":"é","b":1.50})"}}));
    }

    void places() {
        for (const Place place : kPlaces)
            QCOMPARE(placeOf('"' + std::string(placeName(place)) + '"'), place);
        QCOMPARE(placeOf("null"), Place::kBacklog);
        QCOMPARE(placeOf("7"), Place::kBacklog);
    }
};

QTEST_APPLESS_MAIN(CommandTest)
#include "command_test.moc"

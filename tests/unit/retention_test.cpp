// SPDX-License-Identifier: MIT
#include "support/ledger_fixture.h"

#include <QtTest>

using namespace hashira;
using namespace hashira::test;

namespace {

/// A ledger that forgets what is older than a day.
struct Forgetting : Ledger {
    int documents = 100;
    int versions = 3;

    Result<ledger::Swept> sweep() {
        return call(ledger::sweep,
                    ledger::Retention{nowMs - kDay, nowMs - kDay, documents, versions});
    }
    Document document(const std::string& id) {
        return parseDocument(account().documents.at(id).text)->document;
    }
    /// Applies one command after those before it.
    bool next(sync::NumberedCommand command) {
        command.number = commands.size() + 1;
        command.command.commandId = commandId(static_cast<int>(command.number));
        commands.push_back(command);
        const auto answer = apply({command}, chain(commands, commands.size() - 1));
        return answer && !answer->helloNeeded && answer->results.size() == 1;
    }
    sync::Hello hello(const sync::Cursor& cursor, std::uint64_t settled = 0) {
        return *call(ledger::hello, sync::WatchRequest{{{"d1", settled}}, cursor, {}});
    }

    std::vector<sync::NumberedCommand> commands;
};

sync::NumberedCommand update(const std::string& fields, std::int64_t ms = kNow) {
    return numbered(1, R"({"id":")" + kTask + R"(",)" + fields + "}", ms, What::kUpdate);
}

}  // namespace

/// What the ledger keeps for a set time only.
class RetentionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tombstonesLoseTheirPayload();
    void tombstonesOfOldWeeks();
    void notBeforeTheirTime();
    void whatIsNotDeletedStays();
    void anEditDoesNotRevive();
    void inSmallSteps();
    void aMistakenMarkIsTakenAway();
    void oldCursors();
    void theOwnCursorStaysKnown();
    void otherHistoriesStayUnknown();
    void forgottenRefusalsAreTold_data();
    void forgottenRefusalsAreTold();
    void forgottenRefusalsAreNotRepeated();
};

void RetentionTest::tombstonesLoseTheirPayload() {
    Forgetting ledger;
    ledger.versions = 100;
    QVERIFY(ledger.next(named(1)));
    QVERIFY(ledger.next(update(R"("labels":["x"],"note":"secret","rank":"a1","place":"todo")")));
    QVERIFY(ledger.next(update(R"("deleted":true)", kNow + 5)));
    ledger.nowMs += kDay + 1;
    const auto swept = ledger.sweep();
    QVERIFY(swept.ok());
    QCOMPARE(swept->tombstones, 1);
    QVERIFY(!swept->more);
    const auto& row = ledger.account().documents.at(kTask);
    QCOMPARE(row.text, R"({"fields":{"deleted":[true,")" + std::to_string(kNow + 5) +
                           R"(.0.d1"],"place":["todo",")" + std::to_string(kNow) +
                           R"(.0.d1"]},"id":")" + kTask + "\"}");
    // A version of its own, so that the devices lose it too, with a token of its own.
    QCOMPARE(row.version, std::uint64_t(4));
    QCOMPARE(swept->cursor, ledger.account().state.cursor);
    QCOMPARE(swept->cursor.token, "t" + std::to_string(ledger.tokens));
    // And once only.
    QCOMPARE(ledger.sweep()->tombstones, 0);
    QCOMPARE(ledger.account().state.cursor.version, std::uint64_t(4));
}

void RetentionTest::tombstonesOfOldWeeks() {
    Forgetting ledger;
    const std::string done = R"("done":"2026-11-02T10:00:00Z","name":"n","place":"done")";
    QVERIFY(ledger.next(update(done)));
    QVERIFY(ledger.next(update(R"("deleted":true)")));
    const Bucket before = ledger.account().documents.at(kTask).bucket;
    ledger.nowMs += kDay + 1;
    QCOMPARE(ledger.sweep()->tombstones, 1);
    // Devices refuse a document in a week that is not its own.
    QVERIFY(!before.open());
    QCOMPARE(ledger.account().documents.at(kTask).bucket, before);
    QCOMPARE(ledger.document(kTask).bucket(), before);
}

void RetentionTest::notBeforeTheirTime() {
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    QVERIFY(ledger.next(update(R"("deleted":true)")));
    ledger.nowMs += kDay;
    QCOMPARE(ledger.sweep()->tombstones, 0);
    // A change begins the time anew: whoever made it may want to see it.
    QVERIFY(ledger.next(update(R"("note":"why?")")));
    ledger.nowMs += kDay;
    QCOMPARE(ledger.sweep()->tombstones, 0);
    ledger.nowMs += 1;
    QCOMPARE(ledger.sweep()->tombstones, 1);
}

void RetentionTest::whatIsNotDeletedStays() {
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    QVERIFY(ledger.next(update(R"("deleted":true)", kNow)));
    QVERIFY(ledger.next(update(R"("deleted":false)", kNow + 1)));
    ledger.nowMs += 9 * kDay;
    QCOMPARE(ledger.sweep()->tombstones, 0);
    QCOMPARE(ledger.document(kTask).string("name"), std::string("n1"));
}

void RetentionTest::anEditDoesNotRevive() {
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    QVERIFY(ledger.next(update(R"("deleted":true)", kNow + 5)));
    ledger.nowMs += kDay + 1;
    QCOMPARE(ledger.sweep()->tombstones, 1);
    QVERIFY(ledger.next(update(R"("name":"from far away")", kNow + 3)));
    QVERIFY(ledger.document(kTask).deleted());
    ledger.nowMs += kDay + 1;
    QCOMPARE(ledger.sweep()->tombstones, 1);
    QVERIFY(ledger.document(kTask).deleted() && !ledger.document(kTask).hasName());
}

void RetentionTest::inSmallSteps() {
    Forgetting ledger;
    ledger.documents = 2;
    for (int i = 0; i < 5; ++i) {
        const std::string id = "00000000-0000-7000-8000-0000000000b" + std::to_string(i);
        QVERIFY(ledger.next(numbered(1, R"({"deleted":true,"id":")" + id + R"(","name":"n"})", kNow,
                                     What::kUpdate)));
    }
    ledger.nowMs += kDay + 1;
    for (const int tombstones : {2, 2, 1}) {
        const auto swept = ledger.sweep();
        QCOMPARE(swept->tombstones, tombstones);
        QCOMPARE(swept->more, tombstones == 2 || swept->versions > 0);
    }
    QCOMPARE(ledger.account().state.cursor.version, std::uint64_t(5 + 3));
}

/// As a migration may make one, which looks for a text.
void RetentionTest::aMistakenMarkIsTakenAway() {
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    const auto row = ledger.account().documents.at(kTask);
    const auto transaction = ledger.repository.begin(kAccount);
    QVERIFY(transaction->saveDocument(kTask, row.text, row.version, row.bucket, 1).ok());
    QVERIFY(transaction->commit().ok());
    QCOMPARE(ledger.sweep()->tombstones, 0);
    QVERIFY(ledger.account().documents.at(kTask) == row);
    QCOMPARE(ledger.account().state.cursor.version, std::uint64_t(1));
}

void RetentionTest::oldCursors() {
    Forgetting ledger;
    std::vector<sync::Cursor> cursors;
    for (int i = 0; i < 8; ++i) {
        QVERIFY(ledger.next(named(1, kNow + i)));
        cursors.push_back(ledger.account().state.cursor);
        if (i == 5) ledger.nowMs += kDay;
    }
    ledger.nowMs += 1;
    QCOMPARE(ledger.sweep()->versions, 3);
    QVERIFY(ledger.sweep()->more);
    QCOMPARE(ledger.sweep()->versions, 0);  // the next three are not all old
    QCOMPARE(ledger.account().tokens.size(), std::size_t(2));
    for (std::size_t i = 0; i < cursors.size(); ++i) {
        const auto hello = ledger.hello(cursors[i]);
        QVERIFY(hello.cursorKnown);
        QCOMPARE(hello.cursorOld, i < 6);
        // What changed since an old cursor can still be asked for.
        std::vector<sync::Chunk> chunks;
        sync::FetchRequest request;
        request.since = cursors[i];
        const auto end = ledger.fetch(request, chunks);
        QVERIFY(end.ok() && !end->helloNeeded);
    }
}

void RetentionTest::theOwnCursorStaysKnown() {
    Forgetting ledger;
    for (int i = 0; i < 3; ++i) QVERIFY(ledger.next(named(1, kNow + i)));
    const auto own = ledger.account().state.cursor;
    ledger.nowMs += 9 * kDay;
    QCOMPARE(ledger.sweep()->versions, 0);
    QVERIFY(!ledger.hello(own).cursorOld);
    QVERIFY(ledger.next(named(1, kNow + 3)));
    QCOMPARE(ledger.sweep()->versions, 3);
    QVERIFY(ledger.hello(own).cursorOld);
}

void RetentionTest::otherHistoriesStayUnknown() {
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    const auto backup = ledger.repository;
    const auto commands = ledger.commands;
    QVERIFY(ledger.next(named(1, kNow + 1)));
    const auto lost = ledger.account().state.cursor;
    ledger.repository = backup;
    ledger.commands = commands;
    for (int i = 0; i < 4; ++i) QVERIFY(ledger.next(named(1, kNow + 2 + i)));
    ledger.nowMs += kDay + 1;
    QCOMPARE(ledger.sweep()->versions, 3);
    QVERIFY(ledger.account().packedTokens.contains(lost.version));
    // A version that was used twice: its device has what no other has, and must give it back.
    QVERIFY(!ledger.hello(lost).cursorKnown);
    QVERIFY(!ledger.hello({2, ""}).cursorKnown);
    std::vector<sync::Chunk> chunks;
    sync::FetchRequest request;
    request.since = lost;
    QVERIFY(ledger.fetch(request, chunks)->helloNeeded);
}

void RetentionTest::forgottenRefusalsAreTold_data() {
    QTest::addColumn<int>("settled");
    QTest::addColumn<bool>("same");
    QTest::newRow("none") << 0 << false;
    QTest::newRow("before the refused one") << 1 << false;
    QTest::newRow("the refused one") << 2 << true;
    QTest::newRow("all") << 3 << true;
}

void RetentionTest::forgottenRefusalsAreTold() {
    QFETCH(int, settled);
    QFETCH(bool, same);
    Forgetting ledger;
    QVERIFY(ledger.next(named(1)));
    QVERIFY(ledger.next(numbered(2, "{}")));
    ledger.nowMs += kDay;
    QVERIFY(ledger.next(numbered(3, "{}")));
    ledger.nowMs += 1;
    QCOMPARE(ledger.sweep()->refusals, 1);
    const auto hello = ledger.hello({}, static_cast<std::uint64_t>(settled));
    QCOMPARE(hello.devices[0].last, std::uint64_t(3));
    QCOMPARE(hello.devices[0].hash == chain(ledger.commands, 3), same);
    QCOMPARE(hello.devices[0].refusals.size(), std::size_t(settled < 3 ? 1 : 0));
}

void RetentionTest::forgottenRefusalsAreNotRepeated() {
    Forgetting ledger;
    QVERIFY(ledger.next(numbered(1, "{}")));
    QVERIFY(ledger.next(named(2)));
    ledger.nowMs += kDay + 1;
    QCOMPARE(ledger.sweep()->refusals, 1);
    QVERIFY(ledger.apply(ledger.commands)->helloNeeded);
    // What begins behind it is repeated as ever.
    const auto repeated = ledger.apply({ledger.commands[1]}, chain(ledger.commands, 1));
    QVERIFY(repeated.ok() && !repeated->helloNeeded && repeated->results.size() == 1);
    QVERIFY(ledger.next(named(3)));
}

QTEST_APPLESS_MAIN(RetentionTest)
#include "retention_test.moc"

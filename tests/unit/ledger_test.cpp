// SPDX-License-Identifier: MIT
#include "support/ledger_fixture.h"

#include <QtTest>

#include <limits>

using namespace hashira;
using namespace hashira::test;

class LedgerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void appliesInOneVersion();
    void repeatsAnswers();
    void histories_data();
    void histories();
    void malformed_data();
    void malformed();
    void numbersDoNotRunOver();
    void otherIncarnation();
    void clock_data();
    void clock();
    void clockStopsTheBatch();
    void withdrawnHasNoEffect();
    void refusals_data();
    void refusals();
    void refusalsUntilSettled();
    void documentLimits();
    void partialDocument();
    void nothingChangedMakesNoVersion();
    void helloTellsState();
    void helloKnowsCursors();
    void pushMerges();
    void pushLeavesOutWhatNoCommandCanMake_data();
    void pushLeavesOutWhatNoCommandCanMake();
    void aFullAccountTakesNoMore();
};

void LedgerTest::appliesInOneVersion() {
    Ledger ledger;
    const auto answer =
        ledger.apply({named(1), named(2, kNow + 1), numbered(3, named(kOther, "o"))});
    QVERIFY(answer.ok());
    QCOMPARE(answer->results.size(), std::size_t(3));
    for (const auto& result : answer->results) QVERIFY(result.refusal.empty());
    QCOMPARE(answer->cursor.version, std::uint64_t(1));
    QCOMPARE(answer->cursor.token, std::string("t1"));
    QCOMPARE(answer->timeMs, kNow);
    QCOMPARE(ledger.account().documents.size(), std::size_t(2));
    for (const auto& [id, row] : ledger.account().documents)
        QCOMPARE(row.version, std::uint64_t(1));
    QVERIFY(ledger.account().documents.at(kTask).text.find("\"n2\"") != std::string::npos);
    QCOMPARE(ledger.account().state.greatest.ms, kNow + 1);
}

void LedgerTest::repeatsAnswers() {
    Ledger ledger;
    const std::vector commands{named(1), numbered(2, "{}"), named(3)};
    const auto first = ledger.apply(commands);
    QVERIFY(first.ok());
    QCOMPARE(first->knownThrough, std::uint64_t(0));
    const auto before = ledger.account().documents;
    const auto again = ledger.apply(commands);
    QVERIFY(again.ok());
    QCOMPARE(again->knownThrough, std::uint64_t(3));
    QVERIFY(!again->helloNeeded);
    QCOMPARE(again->results.size(), std::size_t(3));
    QVERIFY(again->results[0].refusal.empty());
    QVERIFY(!again->results[1].refusal.empty());
    QVERIFY(again->results[2].refusal.empty());
    QCOMPARE(again->cursor.version, std::uint64_t(1));
    QVERIFY(ledger.account().documents == before);
}

void LedgerTest::histories_data() {
    // The ledger holds 1, 2, 3; sent are the numbers first to last of a history that differs from
    // number `differs` on, after the hash of the own history.
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    QTest::addColumn<int>("differs");
    QTest::addColumn<bool>("helloNeeded");
    QTest::addColumn<int>("expected");
    QTest::newRow("continues") << 4 << 5 << 9 << false << 0;
    QTest::newRow("overlaps") << 2 << 5 << 9 << false << 0;
    QTest::newRow("repeats all") << 1 << 3 << 9 << false << 0;
    QTest::newRow("repeats the last") << 3 << 3 << 9 << false << 0;
    QTest::newRow("gap") << 5 << 6 << 9 << true << 4;
    QTest::newRow("ends below the last") << 1 << 2 << 9 << true << 0;
    QTest::newRow("continues another history") << 4 << 4 << 2 << true << 0;
    QTest::newRow("overlaps another history") << 2 << 5 << 3 << true << 0;
    QTest::newRow("repeats another history") << 1 << 3 << 3 << true << 0;
    QTest::newRow("differs only in what is new") << 2 << 5 << 4 << false << 0;
}

void LedgerTest::histories() {
    QFETCH(int, first);
    QFETCH(int, last);
    QFETCH(int, differs);
    QFETCH(bool, helloNeeded);
    QFETCH(int, expected);
    Ledger ledger;
    QVERIFY(ledger.apply({named(1), named(2), named(3)}).ok());
    std::vector<sync::NumberedCommand> history;
    for (int n = 1; n <= last; ++n) {
        history.push_back(named(static_cast<std::uint64_t>(n)));
        if (n >= differs) history.back().command.commandId = commandId(100 + n);
    }
    const std::vector sent(history.begin() + first - 1, history.end());
    const auto answer = ledger.apply(sent, chain(history, static_cast<std::size_t>(first - 1)));
    QVERIFY(answer.ok());
    QCOMPARE(answer->helloNeeded, helloNeeded);
    QCOMPARE(answer->expectedNumber, static_cast<std::uint64_t>(expected));
    const auto reached = static_cast<std::uint64_t>(helloNeeded ? 3 : std::max(3, last));
    QCOMPARE(ledger.account().devices.at("d1").last, reached);
    if (!helloNeeded) QCOMPARE(ledger.account().devices.at("d1").hash, chain(history, reached));
}

void LedgerTest::malformed_data() {
    QTest::addColumn<QList<int>>("numbers");
    QTest::addColumn<int>("hashBytes");
    QTest::addColumn<QString>("device");
    QTest::newRow("empty") << QList<int>() << 32 << "d1";
    QTest::newRow("zero") << QList<int>{0} << 32 << "d1";
    QTest::newRow("twice the same") << QList<int>{1, 1} << 32 << "d1";
    QTest::newRow("leap") << QList<int>{1, 3} << 32 << "d1";
    QTest::newRow("descending") << QList<int>{2, 1} << 32 << "d1";
    QTest::newRow("short hash") << QList<int>{1} << 31 << "d1";
    QTest::newRow("no device") << QList<int>{1} << 32 << "";
    QTest::newRow("bad device") << QList<int>{1} << 32 << "D 1";
    QList<int> many;
    for (int n = 1; n <= 501; ++n) many.append(n);
    QTest::newRow("too many") << many << 32 << "d1";
}

void LedgerTest::malformed() {
    QFETCH(QList<int>, numbers);
    QFETCH(int, hashBytes);
    QFETCH(QString, device);
    Ledger ledger;
    sync::ApplyRequest request{
        "i1", device.toStdString(), Hash(static_cast<std::size_t>(hashBytes), '\0'), {}};
    for (const int n : numbers) request.commands.push_back(named(static_cast<std::uint64_t>(n)));
    const auto answer = ledger.call(ledger::apply, request);
    QVERIFY(!answer.ok());
    QVERIFY(answer.error().code == ErrorCode::kInvalid);
    QVERIFY(ledger.account().devices.empty());
}

void LedgerTest::numbersDoNotRunOver() {
    Ledger ledger;
    std::vector commands{named(1), named(2)};
    commands[0].number = std::numeric_limits<std::uint64_t>::max();
    commands[1].number = 0;
    const auto answer = ledger.apply(commands);
    QVERIFY(!answer.ok());
    QCOMPARE(answer.error().code, ErrorCode::kInvalid);
}

void LedgerTest::otherIncarnation() {
    Ledger ledger;
    const auto applied =
        ledger.call(ledger::apply, sync::ApplyRequest{"i2", "d1", chainStart(), {named(1)}});
    QVERIFY(applied.ok() && applied->helloNeeded && applied->results.empty());
    const auto pushed = ledger.call(ledger::push, sync::PushRequest{"i2", "[]"});
    QVERIFY(pushed.ok() && pushed->helloNeeded);
    const auto transaction = ledger.repository.begin(kAccount);
    sync::FetchRequest request;
    request.incarnation = "i2";
    const auto fetched =
        ledger::fetch(*transaction, request, {}, [](sync::Chunk) { return Status(); });
    QVERIFY(fetched.ok() && fetched->helloNeeded);
    QVERIFY(ledger.account().documents.empty());
}

void LedgerTest::clock_data() {
    QTest::addColumn<qint64>("greatest");  // before the command; 0: none
    QTest::addColumn<qint64>("stamp");
    QTest::addColumn<bool>("acceptedBefore");
    QTest::addColumn<bool>("withdrawn");
    QTest::addColumn<qint64>("ahead");  // 0: applied
    QTest::newRow("now") << qint64(0) << qint64(kNow) << false << false << qint64(0);
    QTest::newRow("a day ahead") << qint64(0) << qint64(kNow + kDay) << false << false << qint64(0);
    QTest::newRow("more") << qint64(0) << qint64(kNow + kDay + 1) << false << false << qint64(kNow);
    QTest::newRow("long ago") << qint64(0) << qint64(5) << false << false << qint64(0);
    QTest::newRow("accepted before")
        << qint64(0) << qint64(kNow + 9 * kDay) << true << false << qint64(0);
    QTest::newRow("withdrawn") << qint64(0) << qint64(kNow + 9 * kDay) << false << true
                               << qint64(0);
    const qint64 high = kNow + 5 * kDay;
    QTest::newRow("by the greatest stamp") << high << high + kDay << false << false << qint64(0);
    QTest::newRow("above the greatest") << high << high + kDay + 1 << false << false << high;
    QTest::newRow("a low greatest")
        << qint64(7) << qint64(kNow + kDay) << false << false << qint64(0);
}

void LedgerTest::clock() {
    QFETCH(qint64, greatest);
    QFETCH(qint64, stamp);
    QFETCH(bool, acceptedBefore);
    QFETCH(bool, withdrawn);
    QFETCH(qint64, ahead);
    Ledger ledger;
    if (greatest > 0) QVERIFY(ledger.push("[" + pushed(kOther, "x", greatest) + "]").ok());
    auto command = named(1, stamp);
    command.acceptedBefore = acceptedBefore;
    command.withdrawn = withdrawn;
    const auto answer = ledger.apply({command});
    QVERIFY(answer.ok());
    QCOMPARE(answer->clockAheadMs.has_value(), ahead > 0);
    if (ahead > 0) QCOMPARE(*answer->clockAheadMs, std::int64_t(ahead));
    QCOMPARE(answer->results.size(), std::size_t(ahead > 0 ? 0 : 1));
    QCOMPARE(ledger.account().devices.count("d1"), std::size_t(ahead > 0 ? 0 : 1));
    if (ahead == 0 && !withdrawn) {
        const std::string text = ledger.account().documents.at(kTask).text;
        QVERIFY2(text.find('"' + std::to_string(stamp) + ".0.d1\"") != std::string::npos,
                 text.c_str());
    }
}

void LedgerTest::clockStopsTheBatch() {
    Ledger ledger;
    const std::vector commands{named(1), named(2, kNow + 3 * kDay), named(3)};
    const auto answer = ledger.apply(commands);
    QVERIFY(answer.ok());
    QCOMPARE(answer->results.size(), std::size_t(1));
    QVERIFY(answer->clockAheadMs);
    QCOMPARE(ledger.account().devices.at("d1").last, std::uint64_t(1));
    QCOMPARE(ledger.account().devices.at("d1").hash, chain(commands, 1));
    // A corrected stamp keeps the chain.
    const auto again = ledger.apply({named(1), named(2), named(3)});
    QVERIFY(again.ok() && !again->helloNeeded && !again->clockAheadMs);
    QCOMPARE(ledger.account().devices.at("d1").last, std::uint64_t(3));
}

void LedgerTest::withdrawnHasNoEffect() {
    Ledger ledger;
    auto command = named(1);
    command.withdrawn = true;
    const auto answer = ledger.apply({command});
    QVERIFY(answer.ok());
    QCOMPARE(answer->results.size(), std::size_t(1));
    QVERIFY(answer->results[0].refusal.empty());
    QVERIFY(ledger.account().documents.empty());
    QCOMPARE(ledger.account().devices.at("d1").hash, chain({command}, 1));
    QCOMPARE(ledger.account().state.greatest.ms, std::int64_t(0));
}

void LedgerTest::refusals_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("what");
    QTest::addColumn<QString>("payload");
    const auto row = [](const char* name, const std::string& id, What what,
                        const std::string& payload) {
        QTest::newRow(name) << QString::fromStdString(id) << static_cast<int>(what)
                            << QString::fromStdString(payload);
    };
    const std::string id = commandId(1);
    row("no UUID", "x", What::kNew, named(kTask, "n"));
    row("no JSON", id, What::kNew, "{");
    row("no name", id, What::kNew, R"({"id":")" + kTask + "\"}");
    row("no id", id, What::kNew, R"({"name":"n"})");
    row("wrong type", id, What::kUpdate, R"({"id":")" + kTask + R"(","name":5})");
    row("before", id, What::kUpdate,
        R"({"before":")" + kTask + R"(","id":")" + kTask + R"(","note":""})");
}

void LedgerTest::refusals() {
    QFETCH(QString, id);
    QFETCH(int, what);
    QFETCH(QString, payload);
    Ledger ledger;
    auto bad = numbered(1, payload.toStdString(), kNow, static_cast<What>(what));
    bad.command.commandId = id.toStdString();
    const auto answer = ledger.apply({bad, named(2)});
    QVERIFY(answer.ok());
    QCOMPARE(answer->results.size(), std::size_t(2));
    QVERIFY(!answer->results[0].refusal.empty());
    QVERIFY(answer->results[1].refusal.empty());
    QCOMPARE(ledger.account().devices.at("d1").last, std::uint64_t(2));
    QCOMPARE(ledger.account().refusals.at("d1").at(1).reason, answer->results[0].refusal);
    QCOMPARE(ledger.account().documents.size(), std::size_t(1));
}

void LedgerTest::refusalsUntilSettled() {
    Ledger ledger;
    const std::vector commands{numbered(1, "{}"), numbered(2, "{}"), named(3)};
    QVERIFY(ledger.apply(commands).ok());
    const auto hello = [&](std::uint64_t settled) {
        return ledger.call(ledger::hello, sync::WatchRequest{{{"d1", settled}}, {}, {}});
    };
    auto answer = hello(0);
    QVERIFY(answer.ok());
    QCOMPARE(answer->devices[0].refusals.size(), std::size_t(2));
    answer = hello(1);
    QCOMPARE(answer->devices[0].refusals.size(), std::size_t(1));
    QCOMPARE(answer->devices[0].refusals[0].number, std::uint64_t(2));
    QVERIFY(!answer->devices[0].refusals[0].reason.empty());
    // A device that was restored from before it settled them is told again.
    answer = hello(0);
    QCOMPARE(answer->devices[0].refusals.size(), std::size_t(2));
}

void LedgerTest::documentLimits() {
    Ledger ledger;
    std::vector<sync::NumberedCommand> commands{named(1)};
    const std::string big(limits::kPayloadBytes - 200, 'x');
    for (std::uint64_t n = 2; n <= 4; ++n)
        commands.push_back(numbered(
            n, R"({"id":")" + kTask + R"(","x)" + std::to_string(n) + "\":\"" + big + "\"}", kNow,
            What::kUpdate));
    for (std::size_t n = 0; n < 4; ++n) {
        const auto answer = ledger.apply({commands[n]}, chain(commands, n));
        QVERIFY(answer.ok());
        QCOMPARE(answer->results[0].refusal.empty(), n < 3);
    }
    // The same field again takes no more room.
    commands.push_back(numbered(5, commands[1].command.payload, kNow + 1, What::kUpdate));
    const auto again = ledger.apply({commands[4]}, chain(commands, 4));
    QVERIFY(again.ok() && again->results[0].refusal.empty());
    // Fields are counted.
    std::string many = "{\"id\":\"" + kOther + "\",\"name\":\"n\"";
    for (int i = 0; i < 198; ++i) many += QString::asprintf(",\"x%03d\":1", i).toStdString();
    commands.push_back(numbered(6, many + "}", kNow));
    for (std::uint64_t n = 7; n <= 9; ++n)
        commands.push_back(numbered(n,
                                    "{\"id\":\"" + kOther + "\",\"y" + std::to_string(n) + "\":1}",
                                    kNow, What::kUpdate));
    const auto answer = ledger.apply({commands.begin() + 5, commands.end()}, chain(commands, 5));
    QVERIFY(answer.ok());
    QCOMPARE(answer->results[0].refusal, std::string());
    QCOMPARE(answer->results[1].refusal, std::string());
    QVERIFY(!answer->results[2].refusal.empty());
    QVERIFY(!answer->results[3].refusal.empty());
}

void LedgerTest::partialDocument() {
    Ledger ledger;
    const auto update = numbered(1, R"({"id":")" + kTask + R"(","note":"n"})", kNow, What::kUpdate);
    const auto erase = numbered(2, R"({"id":")" + kTask + "\"}", kNow, What::kDelete);
    const auto answer = ledger.apply({update, erase});
    QVERIFY(answer.ok());
    QVERIFY(answer->results[0].refusal.empty() && answer->results[1].refusal.empty());
    const auto document = parseDocument(ledger.account().documents.at(kTask).text);
    QVERIFY(document.ok());
    QVERIFY(!document->document.hasName() && document->document.deleted());
    QCOMPARE(document->document.string("note"), std::string("n"));
}

void LedgerTest::nothingChangedMakesNoVersion() {
    Ledger ledger;
    QVERIFY(ledger.apply({named(1, kNow)}).ok());
    auto older = named(2, kNow - 1);
    const auto answer = ledger.apply({older}, chain({named(1)}, 1));
    QVERIFY(answer.ok() && answer->results[0].refusal.empty());
    QCOMPARE(answer->cursor.version, std::uint64_t(1));
    QCOMPARE(answer->cursor.token, std::string("t1"));
    QCOMPARE(ledger.account().devices.at("d1").last, std::uint64_t(2));
    QVERIFY(ledger.push("[" + ledger.account().documents.at(kTask).text + "]").ok());
    QCOMPARE(ledger.account().state.cursor.version, std::uint64_t(1));
}

void LedgerTest::helloTellsState() {
    Ledger ledger;
    QVERIFY(ledger.apply({named(1), named(2)}).ok());
    const auto answer =
        ledger.call(ledger::hello, sync::WatchRequest{{{"d2", 0}, {"d1", 0}}, {}, {}});
    QVERIFY(answer.ok());
    QCOMPARE(answer->account, kAccount);
    QCOMPARE(answer->incarnation, std::string("i1"));
    QCOMPARE(answer->version, std::string("test"));
    QCOMPARE(answer->timeMs, kNow);
    QCOMPARE(answer->cursor.version, std::uint64_t(1));
    QVERIFY(answer->cursorKnown);
    QCOMPARE(answer->devices[0].device, std::string("d2"));
    QCOMPARE(answer->devices[0].last, std::uint64_t(0));
    QCOMPARE(answer->devices[0].hash, chainStart());
    QCOMPARE(answer->devices[1].last, std::uint64_t(2));
    QCOMPARE(answer->devices[1].hash, chain({named(1), named(2)}, 2));
}

void LedgerTest::helloKnowsCursors() {
    Ledger ledger;
    QVERIFY(ledger.apply({named(1)}).ok());
    const auto backup = ledger.repository;
    QVERIFY(ledger.apply({named(2, kNow + 1)}, chain({named(1)}, 1)).ok());
    const sync::Cursor lost = ledger.account().state.cursor;
    const auto known = [&](const sync::Cursor& cursor) {
        const auto answer = ledger.call(ledger::hello, sync::WatchRequest{{}, cursor, {}});
        return answer.ok() && answer->cursorKnown;
    };
    QVERIFY(known({}));
    QVERIFY(known(lost));
    QVERIFY(known({1, "t1"}));
    QVERIFY(!known({1, "t2"}));
    // The restored ledger uses version 2 again: the token tells the histories apart.
    ledger.repository = backup;
    QVERIFY(!known(lost));
    QVERIFY(ledger.apply({named(2, kNow + 2)}, chain({named(1)}, 1)).ok());
    QCOMPARE(ledger.account().state.cursor.version, lost.version);
    QVERIFY(!known(lost));
}

void LedgerTest::pushMerges() {
    Ledger ledger;
    QVERIFY(ledger.apply({named(1)}).ok());
    const std::string json =
        "[" + pushed(kTask, "older", kNow - 1) + "," + pushed(kOther, "far", kNow + 9 * kDay) + "]";
    const auto answer = ledger.push(json);
    QVERIFY(answer.ok() && !answer->helloNeeded);
    QCOMPARE(answer->cursor.version, std::uint64_t(2));
    QCOMPARE(ledger.account().documents.at(kTask).version, std::uint64_t(1));
    QCOMPARE(ledger.account().documents.at(kOther).version, std::uint64_t(2));
    QCOMPARE(ledger.account().state.greatest.ms, kNow + 9 * kDay);
    QCOMPARE(ledger.push(json)->cursor.version, std::uint64_t(2));
    const auto bad = ledger.push("[" + pushed(kTask, "newer", kNow + 1) + ",{}]");
    QVERIFY(!bad.ok() && bad.error().code == ErrorCode::kInvalid);
    QCOMPARE(ledger.account().documents.at(kTask).version, std::uint64_t(1));
}

void LedgerTest::pushLeavesOutWhatNoCommandCanMake_data() {
    QTest::addColumn<QString>("field");
    QTest::newRow("name of another type") << R"("name":[7,"9.0.d9"])";
    QTest::newRow("no name") << R"("name":[null,"9.0.d9"])";
    QTest::newRow("long name") << QStringLiteral(R"("name":["%1","9.0.d9"])")
                                      .arg(QString(limits::kNameCharacters + 1, QLatin1Char('x')));
    QTest::newRow("no place") << R"("place":["shelf","9.0.d9"])";
    QTest::newRow("no moment") << R"("done":["whenever","9.0.d9"])";
    QTest::newRow("no rank") << R"("rank":["a0","9.0.d9"])";
    QTest::newRow("labels") << R"("labels":[[""],"9.0.d9"])";
}

/// No daemon takes a chunk with such a document: one would keep all devices from reading.
void LedgerTest::pushLeavesOutWhatNoCommandCanMake() {
    QFETCH(QString, field);
    Ledger ledger;
    const std::string wrong =
        R"({"fields":{)" + field.toStdString() + R"(},"id":")" + kTask + "\"}";
    QVERIFY(ledger.push("[" + wrong + "," + pushed(kOther, "good", 1) + "]").ok());
    QCOMPARE(ledger.account().documents.count(kTask), std::size_t(0));
    QCOMPARE(ledger.account().documents.count(kOther), std::size_t(1));
    QCOMPARE(ledger.account().state.greatest.ms, std::int64_t(1));
}

void LedgerTest::aFullAccountTakesNoMore() {
    Ledger ledger;
    QVERIFY(ledger.apply({named(1)}).ok());
    const auto before = ledger.account().state;
    QCOMPARE(before.bytes,
             static_cast<std::int64_t>(ledger.account().documents.at(kTask).text.size()));
    ledger.mostBytes = before.bytes;
    const std::vector commands{named(1), named(2), numbered(3, named(kOther, "more"))};
    const auto refused = ledger.apply(commands);
    QVERIFY(!refused.ok() && refused.error().code == ErrorCode::kExhausted);
    QVERIFY(refused.error().retryAfterMs > 0);
    const auto pushedMore = ledger.push("[" + pushed(kOther, "more", 1) + "]");
    QVERIFY(!pushedMore.ok() && pushedMore.error().code == ErrorCode::kExhausted);
    // Nothing of either was taken; what does not add to it is.
    QCOMPARE(ledger.account().state.cursor, before.cursor);
    QCOMPARE(ledger.account().devices.at("d1").last, std::uint64_t(1));
    QCOMPARE(ledger.account().documents.size(), std::size_t(1));
    QVERIFY(ledger.apply({commands[0], commands[1]}).ok());
    QCOMPARE(ledger.account().state.bytes, before.bytes);
    // And all of it when there is more room.
    ledger.mostBytes = 10'000;
    QCOMPARE(ledger.apply(commands)->results.size(), std::size_t(3));
    QCOMPARE(ledger.account().documents.size(), std::size_t(2));
}

QTEST_APPLESS_MAIN(LedgerTest)
#include "ledger_test.moc"

// SPDX-License-Identifier: MIT
#include <QtTest>

#include "base/limits.h"
#include "datastore/ledger.h"
#include "support/memory_repository.h"

using namespace hashira;
namespace ledger = datastore::ledger;

namespace {

const std::string kAccount = "00000000-0000-4000-8000-000000000001";
const std::string kTask = "00000000-0000-7000-8000-0000000000a1";
const std::string kOther = "00000000-0000-7000-8000-0000000000a2";
constexpr std::int64_t kNow = 1'000'000'000'000;
constexpr std::int64_t kDay = limits::kClockAheadMs;

std::string commandId(int n) {
    return QString::asprintf("00000000-0000-4000-8000-%012d", n).toStdString();
}

sync::NumberedCommand numbered(std::uint64_t number, const std::string& payload,
                               std::int64_t ms = kNow, What what = What::kNew) {
    sync::NumberedCommand result;
    result.number = number;
    result.command = {commandId(static_cast<int>(number)), what, {}, payload, {ms, 0, "d1"}};
    return result;
}

std::string named(const std::string& task, const std::string& name) {
    return R"({"id":")" + task + R"(","name":")" + name + "\"}";
}

sync::NumberedCommand named(std::uint64_t number, std::int64_t ms = kNow) {
    return numbered(number, named(kTask, "n" + std::to_string(number)), ms);
}

Hash chain(const std::vector<sync::NumberedCommand>& commands, std::size_t count) {
    Hash hash = chainStart();
    for (std::size_t i = 0; i < count; ++i)
        hash = chainNext(hash, commands[i].command.commandId, commands[i].command.payload);
    return hash;
}

/// A ledger with one account, and calls on it that commit where they succeed.
struct Ledger {
    test::MemoryRepository repository;
    std::int64_t nowMs = kNow;
    int tokens = 0;

    Ledger() { repository.addAccount(kAccount, "i1"); }
    const test::MemoryRepository::Account& account() { return *repository.find(kAccount); }

    template <typename Answer, typename Request>
    Result<Answer> call(Result<Answer> (*function)(datastore::Transaction&, const Request&,
                                                   const ledger::Context&),
                        const Request& request) {
        const auto transaction = repository.begin(kAccount);
        auto answer =
            function(*transaction, request, {nowMs, "t" + std::to_string(++tokens), "test"});
        if (answer && !transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
        return answer;
    }

    Result<sync::ApplyResponse> apply(const std::vector<sync::NumberedCommand>& commands,
                                      const Hash& previous = chainStart(),
                                      std::uint64_t settled = 0) {
        return call(ledger::apply, sync::ApplyRequest{"i1", "d1", previous, commands, settled});
    }
    Result<sync::PushResponse> push(const std::string& json) {
        return call(ledger::push, sync::PushRequest{"i1", json});
    }

    Result<ledger::FetchEnd> fetch(sync::FetchRequest request, std::vector<sync::Chunk>& chunks) {
        const auto transaction = repository.begin(kAccount);
        request.incarnation = "i1";
        return ledger::fetch(*transaction, request, {nowMs, {}, "test"}, [&](sync::Chunk chunk) {
            chunks.push_back(std::move(chunk));
            return Status();
        });
    }
};

std::string pushed(const std::string& id, const std::string& name, std::int64_t ms) {
    return R"({"fields":{"name":[")" + name + R"(",")" + std::to_string(ms) + R"(.0.d9"]},"id":")" +
           id + "\"}";
}

std::string done(const std::string& id, const std::string& date) {
    return R"({"fields":{"done":[")" + date + R"(T10:00:00Z","1.0.d9"],"name":["x","1.0.d9"],)" +
           R"("place":["done","1.0.d9"]},"id":")" + id + "\"}";
}

std::string weeksOf(const std::vector<sync::Chunk>& chunks) {
    std::string text;
    for (const sync::Chunk& chunk : chunks)
        text += chunk.week + ":" + std::to_string(chunk.count) + (chunk.last ? "! " : " ");
    return text;
}

}  // namespace

class LedgerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void appliesInOneVersion();
    void repeatsAnswers();
    void histories_data();
    void histories();
    void malformed_data();
    void malformed();
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
    void fetchSince();
    void fetchScope_data();
    void fetchScope();
    void fetchPieces();
    void fetchIds();
    void fetchMalformed_data();
    void fetchMalformed();
    void fetchUnknownCursor();
    void fetchSinkEnds();
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
    QVERIFY(ledger.apply(commands).ok());
    const auto before = ledger.account().documents;
    const auto again = ledger.apply(commands);
    QVERIFY(again.ok());
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
        "i1", device.toStdString(), Hash(static_cast<std::size_t>(hashBytes), '\0'), {}, 0};
    for (const int n : numbers) request.commands.push_back(named(static_cast<std::uint64_t>(n)));
    const auto answer = ledger.call(ledger::apply, request);
    QVERIFY(!answer.ok());
    QVERIFY(answer.error().code == ErrorCode::kInvalid);
    QVERIFY(ledger.account().devices.empty());
}

void LedgerTest::otherIncarnation() {
    Ledger ledger;
    const auto applied =
        ledger.call(ledger::apply, sync::ApplyRequest{"i2", "d1", chainStart(), {named(1)}, 0});
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
    QCOMPARE(ledger.account().refusals.at("d1").at(1), answer->results[0].refusal);
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
    // Apply settles too, but never what it refuses itself.
    QVERIFY(ledger.apply({numbered(4, "{}")}, chain(commands, 3), 99).ok());
    answer = hello(0);
    QCOMPARE(answer->devices[0].refusals.size(), std::size_t(1));
    QCOMPARE(answer->devices[0].refusals[0].number, std::uint64_t(4));
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

void LedgerTest::fetchSince() {
    Ledger ledger;
    QVERIFY(ledger.push("[" + pushed(kTask, "a", 1) + "]").ok());
    QVERIFY(ledger.push("[" + done(kOther, "2026-11-23") + "]").ok());
    sync::FetchRequest request;
    request.since = sync::Cursor{1, "t1"};
    request.devices = {"d1"};
    std::vector<sync::Chunk> chunks;
    const auto end = ledger.fetch(request, chunks);
    QVERIFY(end.ok() && !end->helloNeeded);
    QCOMPARE(weeksOf(chunks), std::string(":0 "));
    const auto documents = sync::parseDocuments(chunks[0].documentsJson);
    QVERIFY(documents.ok());
    QCOMPARE(documents->size(), std::size_t(1));
    QCOMPARE(documents->front().document.id, kOther);
    QCOMPARE(documents->front().version, std::uint64_t(2));
    QCOMPARE(end->state.cursor.version, std::uint64_t(2));
    QCOMPARE(end->state.devices[0].device, std::string("d1"));
    chunks.clear();
    request.since = end->state.cursor;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QVERIFY(chunks.empty());
}

void LedgerTest::fetchScope_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<bool>("open");
    QTest::addColumn<QString>("weeks");
    QTest::newRow("nothing") << ""
                             << "" << false << "";
    QTest::newRow("open") << ""
                          << "" << true << "open:1! ";
    QTest::newRow("one week") << "2026-W48"
                              << "2026-W48" << false << "2026-W48:2! ";
    QTest::newRow("an empty week") << "2026-W40"
                                   << "2026-W40" << false << "2026-W40:0! ";
    QTest::newRow("bounded") << "2026-W44"
                             << "2026-W49" << true
                             << "2026-W44:0! 2026-W45:1! 2026-W46:0! 2026-W47:0! 2026-W48:2! "
                                "2026-W49:0! open:1! ";
    QTest::newRow("unbounded") << "2026-W40"
                               << "" << true << "2026-W45:1! 2026-W48:2! open:1! ";
    QTest::newRow("above all") << "2027-W01"
                               << "" << false << "";
}

void LedgerTest::fetchScope() {
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(bool, open);
    QFETCH(QString, weeks);
    Ledger ledger;
    QVERIFY(ledger
                .push("[" + pushed(kTask, "a", 1) + "," + done(commandId(2), "2026-11-23") + "," +
                      done(commandId(1), "2026-11-29") + "," + done(kOther, "2026-11-02") + "]")
                .ok());
    sync::FetchRequest request;
    request.scope = {Week::parse(from.toStdString()), Week::parse(to.toStdString()), open};
    std::vector<sync::Chunk> chunks;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QCOMPARE(weeksOf(chunks), weeks.toStdString());
    std::vector<sync::Chunk> digests;
    request.digestsOnly = true;
    QVERIFY(ledger.fetch(request, digests).ok());
    QCOMPARE(weeksOf(digests), weeks.toStdString());
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        QCOMPARE(digests[i].digest, chunks[i].digest);
        QCOMPARE(digests[i].documentsJson, std::string("[]"));
        const auto documents = sync::parseDocuments(chunks[i].documentsJson);
        QVERIFY(documents.ok());
        BucketDigest digest;
        for (const auto& document : *documents) digest.add(document.document.id, document.version);
        QCOMPARE(digest.digest(), chunks[i].digest);
    }
}

void LedgerTest::fetchPieces() {
    Ledger ledger;
    std::string json = "[";
    for (int i = 0; i < 10; ++i)
        json += (i ? "," : "") + pushed(commandId(i), std::string(100'000, 'x'), 1);
    QVERIFY(ledger.push(json.substr(0, json.find(",{\"fields", 900'000)) + "]").ok());
    sync::FetchRequest request;
    request.scope.open = true;
    std::vector<sync::Chunk> chunks;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QVERIFY(chunks.size() >= 4);
    std::size_t count = 0;
    for (const auto& chunk : chunks) {
        QVERIFY(chunk.documentsJson.size() < limits::kChunkBytes + 1000);
        QCOMPARE(chunk.last, &chunk == &chunks.back());
        count += sync::parseDocuments(chunk.documentsJson)->size();
    }
    QCOMPARE(chunks.back().count, static_cast<unsigned long>(count));
}

void LedgerTest::fetchIds() {
    Ledger ledger;
    QVERIFY(ledger.push("[" + pushed(kTask, "a", 1) + "," + done(kOther, "2026-11-23") + "]").ok());
    sync::FetchRequest request;
    request.ids = {commandId(9), kOther};
    std::vector<sync::Chunk> chunks;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QCOMPARE(weeksOf(chunks), std::string(":0 "));
    QCOMPARE(sync::parseDocuments(chunks[0].documentsJson)->front().document.id, kOther);
}

void LedgerTest::fetchMalformed_data() {
    QTest::addColumn<int>("row");
    const char* rows[] = {"ids and open", "ids and since",  "bad id",
                          "too many ids", "bad device",     "digests since",
                          "no from",      "to before from", "too many weeks"};
    for (int i = 0; i < 9; ++i) QTest::newRow(rows[i]) << i;
}

void LedgerTest::fetchMalformed() {
    QFETCH(int, row);
    sync::FetchRequest request;
    if (row <= 1) request.ids = {kTask};
    if (row == 0) request.scope.open = true;
    if (row == 1) request.since = sync::Cursor{};
    if (row == 2) request.ids = {"x"};
    if (row == 3) request.ids.assign(limits::kFetchIds + 1, kTask);
    if (row == 4) request.devices = {"?"};
    if (row == 5) request.since = sync::Cursor{};
    if (row == 5) request.digestsOnly = true;
    if (row == 6) request.scope.to = Week{5};
    if (row == 7) request.scope = {Week{6}, Week{5}, false};
    if (row == 8) request.scope = {Week{0}, Week{limits::kWeekOffset + 1}, false};
    Ledger ledger;
    std::vector<sync::Chunk> chunks;
    const auto end = ledger.fetch(request, chunks);
    QVERIFY(!end.ok());
    QVERIFY(end.error().code == ErrorCode::kInvalid);
    QVERIFY(chunks.empty());
}

void LedgerTest::fetchUnknownCursor() {
    Ledger ledger;
    QVERIFY(ledger.push("[" + pushed(kTask, "a", 1) + "]").ok());
    std::vector<sync::Chunk> chunks;
    sync::FetchRequest request;
    request.since = sync::Cursor{1, "other"};
    QVERIFY(ledger.fetch(request, chunks)->helloNeeded);
    request.since.reset();
    request.scope.open = true;
    request.required = {{1, "t1"}, {2, "t2"}};
    QVERIFY(ledger.fetch(request, chunks)->helloNeeded);
    QVERIFY(chunks.empty());
    request.required.pop_back();
    QVERIFY(!ledger.fetch(request, chunks)->helloNeeded);
    QCOMPARE(chunks.size(), std::size_t(1));
}

void LedgerTest::fetchSinkEnds() {
    Ledger ledger;
    QVERIFY(ledger.push("[" + pushed(kTask, "a", 1) + "]").ok());
    const auto transaction = ledger.repository.begin(kAccount);
    sync::FetchRequest request;
    request.incarnation = "i1";
    request.scope.open = true;
    const auto end = ledger::fetch(*transaction, request, {}, [](sync::Chunk) {
        return Status(Error{ErrorCode::kCancelled, "gone"});
    });
    QVERIFY(!end.ok() && end.error().code == ErrorCode::kCancelled);
}

QTEST_APPLESS_MAIN(LedgerTest)
#include "ledger_test.moc"

// SPDX-License-Identifier: MIT
#include "support/ledger_fixture.h"

#include <QtTest>

using namespace hashira;
using namespace hashira::test;

namespace {

std::string done(const std::string& id, const std::string& date) {
    return R"({"fields":{"done":[")" + date + R"(T10:00:00Z","1.0.d9"],"name":["x","1.0.d9"],)" +
           R"("place":["done","1.0.d9"]},"id":")" + id + "\"}";
}

std::string noted(const std::string& id, std::size_t characters) {
    return R"({"fields":{"note":[")" + std::string(characters, 'x') + R"(","1.0.d9"]},"id":")" +
           id + "\"}";
}

std::string weeksOf(const std::vector<sync::Chunk>& chunks) {
    std::string text;
    for (const sync::Chunk& chunk : chunks)
        text += chunk.week + ":" + std::to_string(chunk.count) + (chunk.last ? "! " : " ");
    return text;
}

}  // namespace

/// Fetch: chunks, pieces, digests and the state that they are of.
class LedgerFetchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
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

void LedgerFetchTest::fetchSince() {
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

void LedgerFetchTest::fetchScope_data() {
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

void LedgerFetchTest::fetchScope() {
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

void LedgerFetchTest::fetchPieces() {
    constexpr std::size_t kDocuments = 15;
    Ledger ledger;
    std::string json;
    for (std::size_t i = 0; i < kDocuments; ++i)
        json += (i ? "," : "[") + noted(commandId(static_cast<int>(i)), 65'000);
    QVERIFY(ledger.push(json + "]").ok());
    sync::FetchRequest request;
    request.scope.open = true;
    std::vector<sync::Chunk> chunks;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QCOMPARE(chunks.size(), std::size_t(4));
    std::size_t count = 0;
    for (const auto& chunk : chunks) {
        QVERIFY(chunk.documentsJson.size() <= limits::kChunkBytes);
        QCOMPARE(chunk.last, &chunk == &chunks.back());
        count += sync::parseDocuments(chunk.documentsJson)->size();
    }
    QCOMPARE(count, kDocuments);
    QCOMPARE(chunks.back().count, static_cast<unsigned long>(kDocuments));
}

void LedgerFetchTest::fetchIds() {
    Ledger ledger;
    QVERIFY(ledger.push("[" + pushed(kTask, "a", 1) + "," + done(kOther, "2026-11-23") + "]").ok());
    sync::FetchRequest request;
    request.ids = {commandId(9), kOther};
    std::vector<sync::Chunk> chunks;
    QVERIFY(ledger.fetch(request, chunks).ok());
    QCOMPARE(weeksOf(chunks), std::string(":0 "));
    QCOMPARE(sync::parseDocuments(chunks[0].documentsJson)->front().document.id, kOther);
}

void LedgerFetchTest::fetchMalformed_data() {
    QTest::addColumn<int>("row");
    const char* rows[] = {"ids and open",   "ids and since",   "bad id",  "too many ids",
                          "bad device",     "digests since",   "no from", "to before from",
                          "too many weeks", "too many cursors"};
    for (int i = 0; i < 10; ++i) QTest::newRow(rows[i]) << i;
}

void LedgerFetchTest::fetchMalformed() {
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
    if (row == 9) request.required.assign(101, {});
    if (row == 8) request.scope = {Week{0}, Week{limits::kWeekOffset + 1}, false};
    Ledger ledger;
    std::vector<sync::Chunk> chunks;
    const auto end = ledger.fetch(request, chunks);
    QVERIFY(!end.ok());
    QVERIFY(end.error().code == ErrorCode::kInvalid);
    QVERIFY(chunks.empty());
}

void LedgerFetchTest::fetchUnknownCursor() {
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

void LedgerFetchTest::fetchSinkEnds() {
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

QTEST_APPLESS_MAIN(LedgerFetchTest)
#include "ledger_fetch_test.moc"

// SPDX-License-Identifier: MIT
// What a Fetch may answer, and each way in which an answer can be a lie.
#include <QTest>

#include "base/limits.h"
#include "engine/fetch_check.h"
#include "model/json.h"

#include <functional>

using namespace hashira;
using engine::FetchCheck;

namespace {

const Week kWeek = *Week::parse("2026-W48");
const char* const kDone = "\"2026-11-25T10:00:00+01:00\"";
constexpr std::uint64_t kBytes = 64 * 1024 * 1024;

std::string idOf(int number) {
    return "01930000-0000-7000-8000-0000000000" + std::to_string(10 + number);
}

/// A document as a chunk carries it.
struct Item {
    int id = 1;
    std::uint64_t version = 7;
    Fields fields = {{"name", "\"x\""}};

    Document document() const {
        Document document{idOf(id), {}};
        merge(document, fields, {1'764'000'000'000, 0, "a"});
        return document;
    }
};

Item done(int id) {
    return {id, 7, {{"done", kDone}, {"name", "\"x\""}, {"place", "\"done\""}}};
}

/// A chunk of these documents; a last one with its right digest and count.
sync::Chunk chunk(const std::string& week, const std::vector<Item>& items, bool last = true) {
    sync::Chunk chunk{week, "[", last, {}, 0};
    BucketDigest digest;
    for (const Item& item : items) {
        if (chunk.documentsJson.size() > 1) chunk.documentsJson += ',';
        appendVersioned(chunk.documentsJson, documentText(item.document()), item.version);
        digest.add(idOf(item.id), item.version);
    }
    chunk.documentsJson += ']';
    if (!last) return chunk;
    chunk.digest = digest.digest();
    chunk.count = digest.count();
    return chunk;
}

sync::FetchRequest window() {
    sync::FetchRequest request;
    request.scope = {kWeek, std::nullopt, true};
    request.devices = {"dev"};
    return request;
}

sync::FetchRequest delta() {
    sync::FetchRequest request;
    request.since = sync::Cursor{5, "t5"};
    request.devices = {"dev"};
    return request;
}

sync::FetchRequest ids() {
    sync::FetchRequest request;
    request.ids = {idOf(1), idOf(2)};
    return request;
}

sync::FetchRequest digests() {
    sync::FetchRequest request = window();
    request.digestsOnly = true;
    return request;
}

sync::FetchState state(std::uint64_t version = 9) {
    return {"inc", {version, "t"}, {{"dev", 3, {}, {}}}, 0};
}

/// The first refusal of the chunks, or of the state after them; empty: all is taken.
std::string refusalOf(const sync::FetchRequest& request, const std::vector<sync::Chunk>& chunks,
                      const sync::FetchState& end, std::uint64_t bytes = kBytes,
                      std::uint64_t documents = 4) {
    FetchCheck check(request, bytes, documents);
    for (const sync::Chunk& each : chunks)
        if (const auto taken = check.take(each); !taken) return taken.error().message;
    const Status ended = check.end(end);
    return ended ? std::string() : ended.error().message;
}

sync::Chunk changed(sync::Chunk chunk, const std::function<void(sync::Chunk&)>& change) {
    change(chunk);
    return chunk;
}

}  // namespace

class FetchCheckTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesWhatWasAsked() {
        QCOMPARE(refusalOf(window(), {chunk("open", {})}, state()), std::string());
        QCOMPARE(
            refusalOf(window(), {chunk("2026-W48", {done(1)}, false), chunk("2026-W48", {}, true)},
                      state()),
            std::string("the datastore sent what cannot be taken: a week with another count of "
                        "tasks than told"));
        // The digest of a week is over all its pieces.
        sync::Chunk last = chunk("2026-W48", {done(1), done(2)});
        last.documentsJson = chunk("", {done(2)}, false).documentsJson;
        QCOMPARE(refusalOf(window(),
                           {chunk("2026-W48", {done(1)}, false), last, chunk("open", {{3}, {4}})},
                           state()),
                 std::string());
        QCOMPARE(refusalOf(delta(), {chunk("", {{2, 6}, {1, 7}, {3, 7}}, false)}, state()),
                 std::string());
        QCOMPARE(refusalOf(delta(), {}, state(5)), std::string());
        sync::FetchState noDevices = state();
        noDevices.devices.clear();
        QCOMPARE(refusalOf(ids(), {chunk("", {{2}, {1}}, false)}, noDevices), std::string());
        sync::Chunk digest = chunk("open", {{1}});
        digest.documentsJson = "[]";
        QCOMPARE(refusalOf(digests(), {digest}, state()), std::string());
    }

    void refuses_data() {
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* name, const char* wanted, const std::string& told) {
            QTest::newRow(name) << QString::fromLatin1(wanted) << QString::fromStdString(told);
        };
        const auto one = [&](const char* name, const char* wanted,
                             const sync::FetchRequest& request, const sync::Chunk& bad) {
            row(name, wanted, refusalOf(request, {bad}, state()));
        };
        const auto open = chunk("open", {{1}});
        const auto text = [&](const std::string& json) {
            return changed(chunk("", {{1}}, false), [&](auto& c) { c.documentsJson = json; });
        };
        one("not JSON", "no document", delta(), text("{]"));
        one("no array", "no document", delta(), text("{}"));
        one("wrong shape", "no document", delta(), text("[7]"));
        one("invalid UTF-8", "no document", delta(), text("[\"\xFF\"]"));
        one("nested deep", "deep", delta(),
            chunk("", {{1, 7, {{"x", std::string(100'000, '[') + std::string(100'000, ']')}}}},
                  false));
        one("nothing, for ever", "a chunk of nothing", delta(), text("[]"));
        one("too many in a chunk", "too many documents", delta(),
            chunk("", std::vector<Item>(limits::kChunkDocuments + 1), false));
        one("too large", "too large", delta(), text("[" + std::string(5'000'000, ' ') + "]"));
        one("no version", "version is none", delta(), chunk("", {{1, 0}}, false));
        one("a version of no integer", "version is none", delta(),
            chunk("", {{1, 1ULL << 63}}, false));
        one("a name over the limit", "name: has 1001 characters", delta(),
            chunk("", {{1, 7, {{"name", json::quoted(std::string(1'001, 'x'))}}}}, false));
        one("a name of a wrong type", "name: must be text", delta(),
            chunk("", {{1, 7, {{"name", "7"}}}}, false));
        one("a place of none", "place: must be", delta(),
            chunk("", {{1, 7, {{"place", "\"later\""}}}}, false));
        one("did not change", "did not change", delta(), chunk("", {{1, 5}}, false));
        one("twice", "twice", delta(), chunk("", {{1, 7}, {1, 7}}, false));
        one("versions that go back", "out of order", delta(), chunk("", {{1, 8}, {2, 7}}, false));
        one("a version to come", "yet to come", delta(), chunk("", {{1, 10}}, false));
        one("an id not asked for", "not asked for", ids(), chunk("", {{3}}, false));
        one("an id twice", "twice", ids(), chunk("", {{1}, {1}}, false));
        one("no week", "of no week", window(), chunk("", {{1}}));
        one("a week not asked for", "week that was not asked", window(), chunk("2026-W47", {}));
        one("in a week not its own", "not its own", window(), chunk("open", {done(1)}));
        one("twice in a week", "twice", window(), chunk("open", {{1}, {1}}));
        one("a week that does not end", "does not end", window(), chunk("open", {{1}}, false));
        one("a bad digest", "not of its digest", window(),
            changed(open, [](auto& c) { c.digest[3] = static_cast<char>(c.digest[3] ^ 1); }));
        one("a digest of wrong length", "not of its digest", window(),
            changed(open, [](auto& c) { c.digest.pop_back(); }));
        one("a wrong count", "another count", window(), changed(open, [](auto& c) { ++c.count; }));
        one("no open tasks", "no answer of the open", window(), chunk("2026-W48", {}));
        one("documents for digests", "not asked for", digests(), open);
        one("a short digest", "wrong length", digests(), changed(open, [](auto& c) {
                c.documentsJson = "[]";
                c.digest = "x";
            }));
        row("a week twice", "week twice",
            refusalOf(window(), {chunk("2026-W48", {}), chunk("2026-W48", {})}, state()));
        row("weeks out of order", "out of order",
            refusalOf(window(), {open, chunk("2026-W48", {})}, state()));
        row("a week within another", "does not end",
            refusalOf(window(), {chunk("2026-W48", {done(1)}, false), open}, state()));
        row("more than any store", "more than any store",
            refusalOf(window(), {chunk("2026-W48", {done(1)}), open}, state(), 300));
        row("more tasks than any", "more tasks than any",
            refusalOf(ids(), {chunk("", {{1}}, false), chunk("", {{2}}, false)}, state(), kBytes,
                      1));
        const auto ended = [&](const char* name, const char* wanted,
                               const std::function<void(sync::FetchState&)>& change) {
            sync::FetchState end = state();
            change(end);
            row(name, wanted, refusalOf(delta(), {}, end));
        };
        ended("another's device id", "not of our device",
              [](auto& s) { s.devices[0].device = "b"; });
        ended("no device id", "not of our device", [](auto& s) { s.devices.clear(); });
        ended("a device id more", "not of our device", [](auto& s) { s.devices.push_back({}); });
        ended("a number of none", "not of our device",
              [](auto& s) { s.devices[0].last = ~std::uint64_t(0); });
        ended("a cursor of none", "a cursor",
              [](auto& s) { s.cursor.version = ~std::uint64_t(0); });
        ended("a huge token", "a cursor", [](auto& s) { s.cursor.token.assign(1'000'000, 't'); });
        ended("a huge incarnation", "an incarnation",
              [](auto& s) { s.incarnation.assign(1'000'000, 't'); });
    }
    void refuses() {
        QFETCH(QString, wanted);
        QFETCH(QString, told);
        QVERIFY2(told.contains(wanted) && told.startsWith(QLatin1String("the datastore sent")),
                 qPrintable(QLatin1String("said: ") + told));
    }
};

QTEST_APPLESS_MAIN(FetchCheckTest)
#include "fetch_check_test.moc"

// SPDX-License-Identifier: MIT
// The merge as algebra: whatever the order, the grouping and the repetition, one result.
#include <QTest>

#include "base/limits.h"
#include "model/command.h"
#include "model/document.h"
#include "model/json.h"
#include "model/sync.h"
#include "support/seeded.h"

#include <algorithm>
#include <map>

using namespace hashira;
using namespace hashira::test;

namespace {

constexpr char kId[] = "0193a5b0-0000-7000-8000-000000000001";

struct Change {
    Fields fields;
    Stamp stamp;
};

/// Few names, values and stamps, so that they collide, equal stamps with different values too.
std::vector<Change> randomChanges(Seeded& random) {
    static const char* const kNames[] = {"deleted", "done", "name", "place", "rank", "x"};
    static const char* const kValues[] = {"null", "\"a\"", "\"b\"", "1", "[]"};
    std::vector<Change> changes(1 + random.below(8));
    for (Change& change : changes) {
        for (const char* name : kNames)
            if (random.chance(2))
                change.fields.push_back({name, kValues[random.below(std::size(kValues))]});
        change.stamp = {static_cast<std::int64_t>(random.below(3)),
                        static_cast<std::uint32_t>(random.below(2)), random.chance(2) ? "a" : "b"};
    }
    return changes;
}

Document mergedInOrder(const std::vector<Change>& changes) {
    Document document{kId, {}};
    for (const Change& change : changes) merge(document, change.fields, change.stamp);
    return document;
}

/// The same changes in two groups that are documents of their own before they meet.
Document mergedInGroups(const std::vector<Change>& changes, Seeded& random) {
    Document left{kId, {}};
    Document right{kId, {}};
    for (const Change& change : changes) {
        if (random.chance(2)) merge(left, change.fields, change.stamp);
        if (random.chance(2)) merge(right, change.fields, change.stamp);
    }
    for (const Change& change : changes)
        merge(random.chance(2) ? left : right, change.fields, change.stamp);
    merge(left, right);
    return left;
}

/// What the rule says, without the code under test: the greatest (stamp, value) of each field.
Document expected(const std::vector<Change>& changes) {
    std::map<std::string, std::pair<Stamp, std::string>> best;
    for (const Change& change : changes)
        for (const FieldValue& field : change.fields) {
            const std::pair candidate{change.stamp, field.value};
            const auto [at, fresh] = best.try_emplace(field.name, candidate);
            if (!fresh && candidate > at->second) at->second = candidate;
        }
    Document document{kId, {}};
    for (const auto& [name, value] : best)
        document.fields.push_back({name, value.second, value.first});
    return document;
}

Document of(const Fields& fields) {
    Document document{kId, {}};
    merge(document, fields, {1, 0, "a"});
    return document;
}

}  // namespace

class DocumentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mergeIsAnAlgebra() {
        Seeded random;
        for (int round = 0; round < 5'000; ++round) {
            auto changes = randomChanges(random);
            const Document wanted = expected(changes);
            QVERIFY2(mergedInOrder(changes) == wanted, random.note().c_str());
            std::shuffle(changes.begin(), changes.end(), random.engine());
            QVERIFY2(mergedInOrder(changes) == wanted, random.note().c_str());
            QVERIFY2(mergedInGroups(changes, random) == wanted, random.note().c_str());
            // Idempotent, and says so.
            Document again = wanted;
            for (const Change& change : changes)
                QVERIFY2(!merge(again, change.fields, change.stamp), random.note().c_str());
            QVERIFY2(!merge(again, wanted) && again == wanted, random.note().c_str());
        }
    }

    /// The quick reader reads what the thorough one reads, and takes nothing of another shape for a
    /// document.
    void scanningIsParsing() {
        Seeded random;
        static const char* const kValues[] = {
            "null",    "\"a\\\"],[b\"", "[1,[2,{\"x\":\"}]\"}]]", "{\"a\":[],\"b\":{}}",
            "-1.50e9", "\"\\\\\""};
        static const char* const kNames[] = {"a", "name", "z\"q", "x,y", "\\", ""};
        for (int round = 0; round < 2'000; ++round) {
            Document document{kId, {}};
            for (const char* name : kNames)
                if (random.chance(2))
                    merge(document, {{name, kValues[random.below(std::size(kValues))]}},
                          {static_cast<std::int64_t>(random.below(100)), 7, "abc"});
            std::string text;
            appendVersioned(text, documentText(document), 42);
            const auto scanned = scanDocument(text);
            QVERIFY2(scanned && scanned->document == document && scanned->version == 42,
                     random.note().c_str());
            QVERIFY(scanDocument(documentText(document))->document == document);
            // One byte changed or the end cut off: nothing, or what the thorough reader says as
            // well.
            std::string damaged = text;
            if (random.chance(2))
                damaged.resize(random.below(damaged.size()));
            else
                damaged[random.below(damaged.size())] = "\"\\,]}[{:0a"[random.below(10)];
            const auto canonical = json::parseArray("[" + damaged + "]");
            const auto rescanned = scanDocument(damaged);
            if (!canonical || canonical->size() != 1 || canonical->front() != damaged) continue;
            const auto parsed = parseDocument(damaged);
            QVERIFY2(!rescanned || (parsed && parsed->document == rescanned->document),
                     random.note().c_str());
        }
    }

    void documentsCommuteAndAssociate() {
        Seeded random;
        for (int round = 0; round < 2'000; ++round) {
            const Document a = mergedInOrder(randomChanges(random));
            const Document b = mergedInOrder(randomChanges(random));
            const Document c = mergedInOrder(randomChanges(random));
            const auto join = [](Document into, const Document& other) {
                merge(into, other);
                return into;
            };
            QVERIFY2(join(a, b) == join(b, a), random.note().c_str());
            QVERIFY2(join(join(a, b), c) == join(a, join(b, c)), random.note().c_str());
        }
    }

    void differentFieldsAreBothKept() {
        Document document = of({{"name", "\"x\""}});
        QVERIFY(merge(document, {{"note", "\"n\""}}, {5, 0, "b"}));
        QVERIFY(merge(document, {{"due", "\"2026-12-01\""}}, {3, 0, "c"}));
        QCOMPARE(q(document.string("name")), QStringLiteral("x"));
        QCOMPARE(q(document.string("note")), QStringLiteral("n"));
        QCOMPARE(q(document.string("due")), QStringLiteral("2026-12-01"));
    }

    void theLaterMadeEditWinsWhicheverArrivesFirst() {
        Document document = of({{"name", "\"x\""}});
        QVERIFY(merge(document, {{"name", "\"later\""}}, {9, 0, "b"}));
        QVERIFY(!merge(document, {{"name", "\"earlier\""}}, {8, 0, "c"}));
        QCOMPARE(q(document.string("name")), QStringLiteral("later"));
    }

    void aRemovedFieldKeepsItsStamp() {
        Document document = of({{"due", "\"2026-12-01\""}});
        QVERIFY(merge(document, {{"due", "null"}}, {5, 0, "a"}));
        QCOMPARE(q(document.value("due")), QStringLiteral("null"));
        QVERIFY(!merge(document, {{"due", "\"2026-12-02\""}}, {4, 0, "b"}));
        QVERIFY(document.find("due"));
        QVERIFY(document.find("due")->stamp == (Stamp{5, 0, "a"}));
    }

    void bucketIsTheWeekOfTheWrittenDate() {
        const auto bucket = [](const char* place, const char* done) {
            return q(of({{"done", done}, {"place", place}}).bucket().text());
        };
        QCOMPARE(bucket("\"done\"", "\"2026-11-29T23:30:00-05:00\""), QStringLiteral("2026-W48"));
        QCOMPARE(bucket("\"done\"", "\"2026-11-30T00:30:00+14:00\""), QStringLiteral("2026-W49"));
        QCOMPARE(bucket("\"doing\"", "\"2026-11-30T00:30:00Z\""), QStringLiteral("open"));
        QCOMPARE(bucket("\"done\"", "null"), QStringLiteral("open"));
        QCOMPARE(bucket("\"done\"", "\"nonsense\""), QStringLiteral("open"));
    }

    void readsWhatIsThere() {
        const Document document = of({{"deleted", "true"}, {"labels", "[\"a\"]"}});
        QVERIFY(document.deleted() && !document.hasName() && !document.empty());
        QVERIFY(document.string("labels").empty() && document.string("none").empty());
        QVERIFY(document.greatest() == HlcTime(1, 0));
        QVERIFY(Document{}.greatest() == HlcTime());
    }

    void textRoundTrip() {
        Seeded random;
        for (int round = 0; round < 2'000; ++round) {
            Document document = mergedInOrder(randomChanges(random));
            merge(document, {{"\"odd\" näme\n", R"({"deep":[1.0,"\u0000"]})"}}, {3, 7, "zz"});
            const std::string text = documentText(document);
            const auto parsed = parseDocument(text);
            QVERIFY2(parsed.ok(), random.note().c_str());
            QVERIFY2(parsed->document == document && parsed->version == 0, random.note().c_str());
            // It is canonical already: whoever reads and writes it again changes no byte.
            QVERIFY2(json::object(*json::parseObject(text)) == text, random.note().c_str());

            std::string versioned;
            appendVersioned(versioned, text, 18'446'744'073'709'551'615ULL);
            const auto again = parseDocument(versioned);
            QVERIFY2(again.ok() && again->document == document, random.note().c_str());
            QCOMPARE(again->version, 18'446'744'073'709'551'615ULL);
        }
    }

    /// What a payload may hold, a chunk can carry: else one deep value would keep every device of
    /// the account from reading anything.
    void chunksCarryTheDeepestPayload() {
        const std::size_t inner = static_cast<std::size_t>(limits::kJsonDepth) - 1;
        const std::string deep = std::string(inner, '[') + std::string(inner, ']');
        const auto effect = effectOf(What::kNew, "{\"id\":\"" + std::string(kId) +
                                                     "\",\"name\":\"x\",\"x-deep\":" + deep + "}");
        QVERIFY(effect.ok());
        std::string text;
        appendVersioned(text, documentText(of(effect->fields)), 1);
        QVERIFY(parseDocument(text).ok());
        const auto read = sync::parseDocuments("[" + text + "]");
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->front().document.value("x-deep"), std::string_view(deep));
        const std::string deeper = "[" + deep + "]";
        QVERIFY(
            !sync::parseDocuments("[" + text.replace(text.find(deep), deep.size(), deeper) + "]"));
    }

    void chunksAreReadWholeOrNotAtAll() {
        std::string good;
        appendVersioned(good, documentText(of({{"name", "\"x\""}})), 7);
        const auto two = sync::parseDocuments("[" + good + "," + good + "]");
        QVERIFY(two.ok());
        QCOMPARE(two->size(), std::size_t(2));
        QCOMPARE(two->front().version, 7ULL);
        QVERIFY(sync::parseDocuments("[]").ok());
        for (const std::string& bad :
             {std::string("{}"), "[" + good + ",{}]", "[" + good, "[7]" + good})
            QVERIFY2(!sync::parseDocuments(bad).ok(), bad.c_str());
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, const std::string& text) {
            std::string filled = text;
            if (const auto at = filled.find("ID"); at != std::string::npos)
                filled.replace(at, 2, kId);
            QTest::newRow(name) << QByteArray::fromStdString(filled);
        };
        row("no object", "[]");
        row("no id", R"({"fields":{}})");
        row("bad id", R"({"fields":{},"id":"x"})");
        row("id is no text", R"({"fields":{},"id":7})");
        row("upper-case id", R"({"fields":{},"id":"0193A5B0-0000-7000-8000-000000000001"})");
        row("unknown member", R"({"fields":{},"id":"ID","more":1})");
        row("fields is no object", R"({"fields":[],"id":"ID"})");
        row("field is no pair", R"({"fields":{"a":1},"id":"ID"})");
        row("field without stamp", R"({"fields":{"a":[1]},"id":"ID"})");
        row("field of three", R"({"fields":{"a":[1,"1.0.a",2]},"id":"ID"})");
        row("stamp is no text", R"({"fields":{"a":[1,2]},"id":"ID"})");
        row("bad stamp", R"({"fields":{"a":[1,"1.0"]},"id":"ID"})");
        row("version is text", R"({"fields":{},"id":"ID","version":"1"})");
        row("negative version", R"({"fields":{},"id":"ID","version":-1})");
        row("fractional version", R"({"fields":{},"id":"ID","version":1.5})");
        row("version beyond 64 bits", R"({"fields":{},"id":"ID","version":18446744073709551616})");
        row("too many fields", [] {
            std::string text = R"({"id":"ID","fields":{)";
            for (std::size_t i = 0; i <= limits::kFields; ++i)
                text += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":[1,\"1.0.a\"]";
            return text + "}}";
        }());
        row("too large", R"({"id":"ID","fields":{"a":[")" +
                             std::string(limits::kDocumentBytes, 'x') + R"(","1.0.a"]}})");
    }
    void refused() {
        QFETCH(QByteArray, text);
        QVERIFY(!parseDocument(text.toStdString()).ok());
    }
};

QTEST_APPLESS_MAIN(DocumentTest)
#include "document_test.moc"

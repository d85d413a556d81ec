// SPDX-License-Identifier: MIT
// Canonical JSON: the form is a fixed point, numbers keep their text, and what is not JSON is
// refused.
#include <QTest>

#include "model/json.h"
#include "model/json_scan.h"
#include "support/seeded.h"

using namespace hashira;
using namespace hashira::test;

namespace {

std::string canonical(std::string_view text) {
    const auto members = json::parseObject(text);
    return members ? json::object(*members) : "refused: " + members.error().message;
}

std::string nested(int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += '[';
    for (int i = 1; i < depth; ++i) text += ']';
    return text + '}';
}

/// Random text: plain, escaped, control characters, two to four bytes of UTF-8.
std::string randomText(Seeded& random) {
    static const std::string kPieces[] = {
        "a",    "Z",    " ", "\"", "\\", "/",     "\n", std::string(1, '\0'),
        "\x1f", "\x7f", "é", "日", "😀",  "\u2028"};
    std::string text;
    for (std::size_t i = random.below(6); i > 0; --i)
        text += kPieces[random.below(std::size(kPieces))];
    return text;
}

std::string randomValue(Seeded& random, int depth) {
    static const char* const kScalars[] = {"null", "true", "false", "0",
                                           "-0",   "1.50", "1E+2",  "9007199254740993"};
    switch (random.below(depth > 4 ? 2 : 4)) {
        case 0: return kScalars[random.below(std::size(kScalars))];
        case 1: return json::quoted(randomText(random));
        case 2: {
            std::string text = "[ ";
            for (std::size_t i = random.below(4); i > 0; --i)
                text += randomValue(random, depth + 1) + (i > 1 ? " ,\n" : "");
            return text + "\t]";
        }
        default: {
            std::string text = "{ ";
            for (std::size_t i = random.below(4); i > 0; --i)
                text += json::quoted(randomText(random) + std::to_string(i)) + " : " +
                        randomValue(random, depth + 1) + (i > 1 ? "," : "");
            return text + " }";
        }
    }
}

/// Nearly JSON: tokens in any order now and then.
std::string randomTokens(Seeded& random, char open, char close) {
    static const char* const kTokens[] = {"\"a\"", "\"b c\"", "\"\"",  "\"\\n\"", "\"é\"", "null",
                                          "true",  "nul",     "12",    "012",     "-1",    "1.5",
                                          "[1,2]", "[]",      "[[1]]", "[,]",     "{}",    " ",
                                          "\"",    ",",       ":",     "]",       "}",     "\x01"};
    std::string text(1, open);
    for (std::size_t i = random.below(4); i > 0; --i) {
        if (open == '{') text += std::string(kTokens[random.below(3)]) + ": ";
        text += kTokens[random.below(random.below(4) == 0 ? std::size(kTokens) : 14)];
        if (i > 1 || random.below(9) == 0) text += " ,";
    }
    return text + close + (random.below(9) == 0 ? kTokens[random.below(std::size(kTokens))] : "");
}

}  // namespace

class JsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scannedIsAsParsed() {
        // The parser itself: what is nested deeper than what is scanned goes there.
        const auto parsed = [](std::string text, char close) {
            const std::size_t end = text.rfind(close);
            const bool some = text.find_first_not_of(" {[") != end;
            return text.insert(end,
                               (some ? "," : "") + std::string(close == '}' ? R"("~":{})" : "{}"));
        };
        Seeded random;
        int scanned = 0;
        for (int i = 0; i < 200'000; ++i) {
            const std::string text = randomTokens(random, '{', '}');
            if (const auto members = json::scanObject(text)) {
                auto expected = json::parseObject(parsed(text, '}'));
                QVERIFY2(expected, text.c_str());
                expected->pop_back();
                QVERIFY2(*members == *expected, text.c_str());
                ++scanned;
            }
            const std::string list = randomTokens(random, '[', ']');
            if (const auto elements = json::scanArray(list)) {
                auto expected = json::parseArray(parsed(list, ']'));
                QVERIFY2(expected, list.c_str());
                expected->pop_back();
                QVERIFY2(*elements == *expected, list.c_str());
                ++scanned;
            }
        }
        QVERIFY(scanned > 50'000);
        QVERIFY(json::scanObject(R"({"place":"todo","name":"Task 1","labels":["work", "home"]})"));
    }

    void canonicalForm_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("empty", " { } ", "{}");
        row("sorted", R"({"b":1,"a":2})", R"({"a":2,"b":1})");
        row("sorted deep", R"({"x":[{"b":1,"a":{"d":1,"c":2}}]})",
            R"({"x":[{"a":{"c":2,"d":1},"b":1}]})");
        row("sorted by bytes", R"({"é":1,"z":2,"Z":3})", R"({"Z":3,"z":2,"é":1})");
        row("numbers untouched", R"({"a":[1.0,1e2,-0,12345678901234567890,0.10]})",
            R"({"a":[1.0,1e2,-0,12345678901234567890,0.10]})");
        row("fewest escapes", R"({"a":"\u0041\/\u00e9\u0022\u005c\n\u000a\u001F\ud83d\ude00"})",
            "{\"a\":\"A/é\\\"\\\\\\n\\n\\u001f😀\"}");
        row("zero character", R"({"a":"x\u0000y"})", R"({"a":"x\u0000y"})");
        row("names are decoded", R"({"\u0061":1})", R"({"a":1})");
    }
    void canonicalForm() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(q(canonical(text.toStdString())), QString::fromUtf8(expected));
        QCOMPARE(q(canonical(expected.toStdString())), QString::fromUtf8(expected));
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const std::string& text, const char* why) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QString::fromLatin1(why);
        };
        row("nothing", "", "is not a JSON object");
        row("array", "[]", "is not a JSON object");
        row("cut", "{\"a\":1", "is not valid JSON at byte 6");
        row("trailing", "{} x", "is not valid JSON at byte");
        row("trailing after a zero byte", std::string("{}\0x", 4), "is not valid JSON at byte");
        row("zero byte at the end", std::string("{}\0", 3), "is not valid JSON at byte");
        row("zero byte inside", std::string("{\"a\":\"x\0y\"}", 12), "is not valid JSON at byte");
        row("comment", "{/*x*/}", "is not valid JSON at byte");
        row("trailing comma", "{\"a\":1,}", "is not valid JSON at byte");
        row("leading zero", "{\"a\":01}", "is not valid JSON at byte");
        row("NaN", "{\"a\":NaN}", "is not valid JSON at byte");
        row("raw control character", "{\"a\":\"\x01\"}", "is not valid JSON at byte");
        row("invalid UTF-8", "{\"a\":\"\xC3\x28\"}", "is not valid JSON at byte");
        row("overlong UTF-8", "{\"a\":\"\xC0\xAF\"}", "is not valid JSON at byte");
        row("UTF-8 of a surrogate", "{\"a\":\"\xED\xA0\x80\"}", "is not valid JSON at byte");
        row("beyond Unicode", "{\"a\":\"\xF4\x90\x80\x80\"}", "is not valid JSON at byte");
        row("byte order mark", "\xEF\xBB\xBF{}", "is not a JSON object");
        row("lone high surrogate", R"({"a":"\ud800"})", "is not valid JSON at byte");
        row("lone low surrogate", R"({"a":"\udc00"})", "has half of a surrogate pair");
        row("lone low surrogate in a name", R"({"a\udfff":1})", "has half of a surrogate pair");
        row("wrong pair", R"({"a":"\ud800\u0041"})", "is not valid JSON at byte");
        row("name twice", R"({"a":1,"b":2,"a":1})", "has the name \"a\" twice");
        row("name twice by escape", R"({"a":1,"\u0061":1})", "has the name \"a\" twice");
        row("name twice deep", R"({"x":[{"b":1,"b":2}]})", "has the name \"b\" twice");
        row("too deep", nested(33), "is nested more than 32 deep");
        row("far too deep", nested(500'000), "is nested more than 32 deep");
    }
    void refused() {
        QFETCH(QByteArray, text);
        QFETCH(QString, why);
        const QString said = q(canonical(text.toStdString()));
        QVERIFY2(said.startsWith(QStringLiteral("refused: ") + why), qPrintable(said));
    }

    void depthLimitIsInclusive() { QVERIFY(json::parseObject(nested(32)).ok()); }

    void arrays() {
        const auto elements = json::parseArray(R"( [ {"b":1,"a":2} , "x", [] ] )");
        QVERIFY(elements.ok());
        QCOMPARE(*elements, (std::vector<std::string>{R"({"a":2,"b":1})", "\"x\"", "[]"}));
        QVERIFY(!json::parseArray("{}").ok());
    }

    void charactersAreCodePoints() {
        QCOMPARE(json::characters("aé日😀"), std::size_t(4));
        QCOMPARE(json::characters(""), std::size_t(0));
    }

    void canonicalIsIdempotentAndQuotedIsReversible() {
        Seeded random;
        for (int round = 0; round < 5'000; ++round) {
            const std::string text = "{\"v\":" + randomValue(random, 0) + "}";
            const std::string once = canonical(text);
            QVERIFY2(!once.starts_with("refused"),
                     (random.note() + ' ' + once + ": " + text).c_str());
            QVERIFY2(canonical(once) == once, (random.note() + ' ' + text).c_str());
            const std::string plain = randomText(random);
            QVERIFY2(json::unquoted(json::quoted(plain)) == plain, random.note().c_str());
        }
    }

    void brokenTextNeverPasses() {
        // Cutting a byte anywhere out of a text must give another canonical text or a refusal,
        // never a crash.
        Seeded random;
        for (int round = 0; round < 5'000; ++round) {
            std::string text = "{\"v\":" + randomValue(random, 0) + "}";
            text[random.below(text.size())] = static_cast<char>(random.below(256));
            const std::string once = canonical(text);
            if (once.starts_with("refused")) continue;
            QVERIFY2(canonical(once) == once, (random.note() + ' ' + text).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(JsonTest)
#include "json_test.moc"

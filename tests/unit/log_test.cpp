// SPDX-License-Identifier: MIT
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "base/log.h"

#include <vector>

using namespace hashira;

namespace {

class FixedClock final : public Clock {
public:
    std::int64_t nowMs() const override { return 1'764'000'000'123; }
    std::int64_t steadyMs() const override { return m_steadyMs; }
    int utcOffsetMinutes(std::int64_t) const override { return 0; }
    std::int64_t m_steadyMs = 0;
};

/// A log and what it said.
struct Kept {
    FixedClock clock;
    std::vector<std::string> lines;
    Log log;
    explicit Kept(Log::Settings settings)
        : log(settings, clock, [this](const std::string& line) { lines.push_back(line); }) {}
};

}  // namespace

class LogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLineForEachEvent() {
        Kept kept({LogLevel::kInfo, Log::Format::kText});
        kept.log.info("listening", {{"endpoint", "tcp:[::1]:1"}, {"count", 7}});
        QCOMPARE(kept.lines, (std::vector<std::string>{
                                 "2025-11-24T16:00:00.123Z info listening endpoint=tcp:[::1]:1 "
                                 "count=7\n"}));
    }

    void onlyTheLevelsAskedFor() {
        Kept kept({LogLevel::kWarning, Log::Format::kJournal});
        QVERIFY(!kept.log.wants(LogLevel::kInfo));
        kept.log.write(LogLevel::kDebug, "a");
        kept.log.info("b");
        kept.log.warning("c");
        kept.log.error("d");
        QCOMPARE(kept.lines, (std::vector<std::string>{"<4>c\n", "<3>d\n"}));
        Log().error("nobody hears it");
    }

    void noValueCanBeTakenForAnother_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("shown");
        QTest::newRow("empty") << QByteArray("") << QByteArray("\"\"");
        QTest::newRow("two lines") << QByteArray("a\nb") << QByteArray("\"a\\u000ab\"");
        QTest::newRow("another field") << QByteArray("a b=c") << QByteArray("\"a b=c\"");
        QTest::newRow("quotes") << QByteArray("say \"a\\b\"")
                                << QByteArray("\"say \\\"a\\\\b\\\"\"");
        QTest::newRow("a terminal") << QByteArray("\x1b[2J") << QByteArray("\"\\u001b[2J\"");
        QTest::newRow("UTF-8") << QByteArray("\xC3\xA9") << QByteArray("\"\xC3\xA9\"");
        QTest::newRow("no UTF-8") << QByteArray("a\xFFz") << QByteArray("\"a?z\"");
    }
    void noValueCanBeTakenForAnother() {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, shown);
        Kept text({LogLevel::kInfo, Log::Format::kText});
        text.log.info("what", {{"field", value.toStdString()}});
        const QByteArray line = QByteArray::fromStdString(text.lines.at(0));
        QVERIFY2(line.endsWith(" what field=" + shown + "\n"), line.constData());
        Kept json({LogLevel::kInfo, Log::Format::kJson});
        json.log.info("what", {{"field", value.toStdString()}});
        const QByteArray object = QByteArray::fromStdString(json.lines.at(0));
        QCOMPARE(object.count('\n'), qsizetype(1));
        const QJsonObject read = QJsonDocument::fromJson(object).object();
        QCOMPARE(read.value(QStringLiteral("what")).toString(), QStringLiteral("what"));
        QCOMPARE(read.value(QStringLiteral("level")).toString(), QStringLiteral("info"));
        QCOMPARE(read.value(QStringLiteral("field")).toString(),
                 QString::fromUtf8(value.replace('\xFF', '?')));
    }

    void aFloodIsCutButForErrors() {
        Kept kept({LogLevel::kInfo, Log::Format::kJournal});
        for (int i = 0; i < Log::kLinesASecond + 3; ++i) kept.log.info("flood");
        QCOMPARE(kept.lines.size(), std::size_t(Log::kLinesASecond));
        kept.log.error("heard");
        QCOMPARE(kept.lines.back(), std::string("<3>heard\n"));
        kept.clock.m_steadyMs += 1'000;
        kept.log.info("later");
        QCOMPARE(kept.lines.at(kept.lines.size() - 2),
                 std::string("<4>lines were left out count=3\n"));
        QCOMPARE(kept.lines.back(), std::string("<6>later\n"));
    }
};

QTEST_APPLESS_MAIN(LogTest)
#include "log_test.moc"

// SPDX-License-Identifier: MIT
// Weeks and moments against tables, and each against the other.
#include <QDate>
#include <QTest>

#include "model/moment.h"
#include "model/week.h"
#include "support/seeded.h"

using namespace hashira;
using namespace hashira::test;
using namespace std::chrono;

class WeekTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isoWeeks_data() {
        QTest::addColumn<QString>("day");
        QTest::addColumn<QString>("week");
        const auto row = [](const char* day, const char* week) {
            QTest::newRow(day) << QString::fromLatin1(day) << QString::fromLatin1(week);
        };
        row("1970-01-01", "1970-W01");
        row("1969-12-29", "1970-W01");
        row("1969-12-28", "1969-W52");
        row("2005-01-01", "2004-W53");
        row("2005-01-02", "2004-W53");
        row("2007-12-31", "2008-W01");
        row("2008-12-28", "2008-W52");
        row("2008-12-29", "2009-W01");
        row("2009-12-31", "2009-W53");
        row("2010-01-03", "2009-W53");
        row("2010-01-04", "2010-W01");
        row("2016-01-03", "2015-W53");
        row("2020-12-31", "2020-W53");
        row("2021-01-03", "2020-W53");
        row("2021-01-04", "2021-W01");
        row("2024-12-30", "2025-W01");
        row("2026-11-23", "2026-W48");
        row("2026-11-29", "2026-W48");
        row("2026-12-31", "2026-W53");
        row("2027-01-03", "2026-W53");
        row("2027-01-04", "2027-W01");
    }
    void isoWeeks() {
        QFETCH(QString, day);
        QFETCH(QString, week);
        const auto parsed = parseDay(day.toStdString());
        QVERIFY(parsed);
        QCOMPARE(q(Week::of(*parsed).text()), week);
        QCOMPARE(Week::parse(week.toStdString()), std::optional(Week::of(*parsed)));
    }

    void everyDayAgreesWithQt() {
        for (sys_days day = sys_days(year(1969) / 1 / 1); day < sys_days(year(2101) / 1 / 1);
             day += days(1)) {
            const Week week = Week::of(day);
            const year_month_day date(day);
            int isoYear = 0;
            const int number =
                QDate(static_cast<int>(date.year()), static_cast<int>(unsigned(date.month())),
                      static_cast<int>(unsigned(date.day())))
                    .weekNumber(&isoYear);
            const QString expected = QStringLiteral("%1-W%2")
                                         .arg(isoYear, 4, 10, QLatin1Char('0'))
                                         .arg(number, 2, 10, QLatin1Char('0'));
            QCOMPARE(q(week.text()), expected);
            QVERIFY(week.monday() <= day && day < week.monday() + days(7));
            QVERIFY(Week::parse(week.text()) == week);
            QVERIFY(parseDay(formatDay(day)) == day);
        }
    }

    void noWeeks_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"", "2026", "2026-W00", "2026-W54", "2025-W53", "2026-48", "2026-w48", "2026-W4",
              "2026-W048", "0000-W01", "+026-W01", "2026-W 1", "open"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void noWeeks() {
        QFETCH(QString, text);
        QVERIFY(!Week::parse(text.toStdString()));
    }

    void buckets() {
        QVERIFY(Bucket::parse("open") == Bucket{});
        QVERIFY(Bucket::parse("open")->open());
        QVERIFY(Bucket::parse("2026-W48")->week() == *Week::parse("2026-W48"));
        QVERIFY(!Bucket::parse("closed"));
        QCOMPARE(q(Bucket{}.text()), QStringLiteral("open"));
    }

    void moments_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("utcMs");
        QTest::addColumn<QString>("localDay");
        const auto row = [](const char* text, qint64 utcMs, const char* localDay) {
            QTest::newRow(text) << QString::fromLatin1(text) << utcMs
                                << QString::fromLatin1(localDay);
        };
        row("1970-01-01T00:00:00Z", 0, "1970-01-01");
        row("1970-01-01t00:00:00z", 0, "1970-01-01");
        row("1970-01-01 00:00:00Z", 0, "1970-01-01");
        row("1970-01-01T01:00:00+01:00", 0, "1970-01-01");
        row("1969-12-31T23:30:00-00:30", 0, "1969-12-31");
        row("1969-12-31T23:59:59.999Z", -1, "1969-12-31");
        row("2026-11-23T19:45:33+01:00", 1'795'459'533'000, "2026-11-23");
        row("2026-11-23T19:45:33.1Z", 1'795'463'133'100, "2026-11-23");
        row("2026-11-23T19:45:33.123456789Z", 1'795'463'133'123, "2026-11-23");
        row("2026-11-24T00:30:00+14:00", 1'795'429'800'000, "2026-11-24");
        row("2016-12-31T23:59:60Z", 1'483'228'800'000, "2016-12-31");
        row("2024-02-29T00:00:00Z", 1'709'164'800'000, "2024-02-29");
        row("0001-01-01T00:00:00Z", -62'135'596'800'000, "0001-01-01");
        row("9999-12-31T23:59:59Z", 253'402'300'799'000, "9999-12-31");
    }
    void moments() {
        QFETCH(QString, text);
        QFETCH(qint64, utcMs);
        QFETCH(QString, localDay);
        const auto moment = Moment::parse(text.toStdString());
        QVERIFY(moment);
        QCOMPARE(qint64(moment->utcMs), utcMs);
        QCOMPARE(q(formatDay(moment->localDay)), localDay);
    }

    void noMoments_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"",
                                 "2026-11-23",
                                 "2026-11-23T19:45:33",
                                 "2026-11-23T19:45Z",
                                 "2026-11-23T24:00:00Z",
                                 "2026-11-23T19:60:00Z",
                                 "2026-11-23T19:45:61Z",
                                 "2026-11-23T19:45:33.Z",
                                 "2026-11-23T19:45:33+0100",
                                 "2026-11-23T19:45:33+24:00",
                                 "2026-11-23T19:45:33+01:60",
                                 "2026-02-29T00:00:00Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-01-00T00:00:00Z",
                                 "0000-01-01T00:00:00Z",
                                 "26-11-23T19:45:33Z",
                                 "2026-11-23T19:45:33Z ",
                                 " 2026-11-23T19:45:33Z",
                                 "2026-11-23X19:45:33Z",
                                 "2026-11-23T19:45:33+",
                                 "2026-11-23T-1:45:33Z"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void noMoments() {
        QFETCH(QString, text);
        QVERIFY(!Moment::parse(text.toStdString()));
    }

    void momentsAreWrittenInLocalTime() {
        QCOMPARE(q(formatMoment(0, 0)), QStringLiteral("1970-01-01T00:00:00Z"));
        QCOMPARE(q(formatMoment(1, 60)), QStringLiteral("1970-01-01T01:00:00.001+01:00"));
        QCOMPARE(q(formatMoment(-1, 0)), QStringLiteral("1969-12-31T23:59:59.999Z"));
        QCOMPARE(q(formatMoment(0, -570)), QStringLiteral("1969-12-31T14:30:00-09:30"));
    }

    void formatAndParseAreInverse() {
        Seeded random;
        for (int i = 0; i < 20'000; ++i) {
            const auto utcMs =
                static_cast<std::int64_t>(random.below(8'000'000'000'000)) - 2'000'000'000'000;
            const int offset = static_cast<int>(random.below(2 * 14 * 60 + 1)) - 14 * 60;
            const auto moment = Moment::parse(formatMoment(utcMs, offset));
            QVERIFY2(moment && moment->utcMs == utcMs, random.note().c_str());
            QVERIFY2(moment->localDay == dayOf(utcMs, offset), random.note().c_str());
        }
    }

    void noDays_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"", "2026-11", "2026-11-31", "2025-02-29", "2026-1-01", "2026-11-23T", "2026/11/23"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void noDays() {
        QFETCH(QString, text);
        QVERIFY(!parseDay(text.toStdString()));
    }
};

QTEST_APPLESS_MAIN(WeekTest)
#include "week_test.moc"

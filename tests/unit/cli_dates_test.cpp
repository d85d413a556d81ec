// SPDX-License-Identifier: MIT
#include "cli_fake_client.h"
#include "names.h"

#include <QTest>

using namespace hashira;
using namespace hashira::cli;

class CliDatesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void understood_data();
    void understood();
    void refused_data();
    void refused();
    void monthsEndWhereTheyEnd();
    void overdueBeginsAfterTheDay();
    void saidShortly();
};

namespace {
void rows(std::initializer_list<std::pair<const char*, const char*>> pairs) {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("day");
    for (const auto& [text, day] : pairs)
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(day);
}
}  // namespace

void CliDatesTest::understood_data() {
    // Today is Monday, 2026-11-23.
    rows(
        {{"today", "2026-11-23"},      {"Tomorrow", "2026-11-24"},
         {"yesterday", "2026-11-22"},  {"mon", "2026-11-30"},
         {"tue", "2026-11-24"},        {"Sunday", "2026-11-29"},
         {"next week", "2026-11-30"},  {"next fri", "2026-12-04"},
         {"next month", "2026-12-01"}, {"in 3 days", "2026-11-26"},
         {"in a week", "2026-11-30"},  {"in 1 month", "2026-12-23"},
         {"+3d", "2026-11-26"},        {"+2w", "2026-12-07"},
         {"dec 1", "2026-12-01"},      {"1 December", "2026-12-01"},
         {"nov 22", "2027-11-22"},     {"nov 23", "2026-11-23"},
         {"feb 29", "2028-02-29"},     {"Dec 1, 2030", "2030-12-01"},
         {"2026-12-01", "2026-12-01"}, {"2026-12-01T14:00:00+01:00", "2026-12-01T14:00:00+01:00"}});
}

void CliDatesTest::understood() {
    QFETCH(QString, text);
    QFETCH(QString, day);
    const auto date = parseDate(text.toStdString(), Now::of(FixedClock()));
    QVERIFY(date.ok());
    QCOMPARE(QString::fromStdString(*date), day);
}

void CliDatesTest::refused_data() {
    rows({{"", ""},
          {"soon", ""},
          {"2026-02-30", ""},
          {"+d", ""},
          {"+3x", ""},
          {"dec 32", ""},
          {"mo", ""},
          {"in many days", ""},
          {"2026-12-01T14:00", ""},
          {"next", ""},
          {"in 9999 years", ""}});
}

void CliDatesTest::refused() {
    QFETCH(QString, text);
    const auto date = parseDate(text.toStdString(), Now::of(FixedClock()));
    QVERIFY(!date.ok());
    QVERIFY(date.error().message.find("understood are today, tomorrow") != std::string::npos);
}

void CliDatesTest::monthsEndWhereTheyEnd() {
    Now now = Now::of(FixedClock());
    now.day = std::chrono::sys_days(std::chrono::year(2027) / 1 / 31);
    QCOMPARE(*parseDate("in 1 month", now), std::string("2027-02-28"));
}

void CliDatesTest::overdueBeginsAfterTheDay() {
    const Now now = Now::of(FixedClock());
    QVERIFY(!isOverdue("2026-11-23", now));
    QVERIFY(isOverdue("2026-11-22", now));
    QVERIFY(isOverdue("2026-11-23T11:59:00+01:00", now));
    QVERIFY(!isOverdue("2026-11-23T12:01:00+01:00", now));
    // The same moment written with another offset.
    QVERIFY(isOverdue("2026-11-23T10:59:00Z", now));
}

void CliDatesTest::saidShortly() {
    const Now now = Now::of(FixedClock());
    QCOMPARE(sayDue("2026-11-23", now), std::string("today"));
    QCOMPARE(sayDue("2026-11-27", now), std::string("Fri"));
    QCOMPARE(sayDue("2026-12-27", now), std::string("2026-12-27"));
    QCOMPARE(sayDue("2026-11-24T09:30:00Z", now), std::string("tomorrow 10:30"));
    QCOMPARE(sayRelative("2026-11-23T11:57:00+01:00", now), std::string("3 minutes ago"));
    QCOMPARE(sayRelative("2026-11-23T12:00:05+01:00", now), std::string("in 5 seconds"));
}

QTEST_GUILESS_MAIN(CliDatesTest)
#include "cli_dates_test.moc"

// SPDX-License-Identifier: MIT
#include "datastore/rate_limit.h"

#include <QTest>

using namespace hashira::datastore;

class RateLimitTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void atOnceAndThenSteadily();
    void accountsDoNotShare();
    void aRequestLargerThanTheBucket();
    void fullBucketsAreForgotten();
};

void RateLimitTest::atOnceAndThenSteadily() {
    RateLimit limit(10, 100);
    QCOMPARE(limit.take("a", 60, 5'000), 0);
    QCOMPARE(limit.take("a", 40, 5'000), 0);
    QCOMPARE(limit.take("a", 1, 5'000), 100);
    QCOMPARE(limit.take("a", 20, 5'000), 2'000);
    QCOMPARE(limit.take("a", 20, 6'999), 1);  // what was refused cost nothing
    QCOMPARE(limit.take("a", 20, 7'000), 0);
    QCOMPARE(limit.take("a", 1, 7'000), 100);
    // It does not fill beyond what may be asked for at once.
    QCOMPARE(limit.take("a", 100, 1'000'000), 0);
    QCOMPARE(limit.take("a", 1, 1'000'000), 100);
}

void RateLimitTest::accountsDoNotShare() {
    RateLimit limit(10, 100);
    QCOMPARE(limit.take("a", 100, 0), 0);
    QVERIFY(limit.take("a", 1, 0) > 0);
    QCOMPARE(limit.take("b", 100, 0), 0);
}

void RateLimitTest::aRequestLargerThanTheBucket() {
    RateLimit limit(10, 100);
    QCOMPARE(limit.take("a", 1'000, 0), 0);
    QCOMPARE(limit.take("a", 1'000, 0), 10'000);
    QCOMPARE(limit.take("a", 1'000, 10'000), 0);
}

void RateLimitTest::fullBucketsAreForgotten() {
    RateLimit limit(10, 100);
    for (int i = 0; i < 100'000; ++i) QCOMPARE(limit.take(std::to_string(i), 1, i), 0);
    QVERIFY2(limit.accounts() < 3'000, qPrintable(QString::number(limit.accounts())));
}

QTEST_APPLESS_MAIN(RateLimitTest)
#include "rate_limit_test.moc"

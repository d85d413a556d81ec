// SPDX-License-Identifier: MIT
#include "wire/timer_book.h"

#include <QtTest>

using hashira::wire::TimerBook;

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr int kTimers = 6;
const int kAddresses[kTimers] = {};

const void* timer(int number) {
    return &kAddresses[number];
}

}  // namespace

class TimerBookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whereNothingIsToComeItSleepsForAnHour() {
        TimerBook book;
        QCOMPARE(book.sleepUntil(500, book.mark()), 500 + kHourMs);
    }

    void itSleepsUntilTheFirst() {
        TimerBook book;
        book.add(timer(0), 9'000);
        book.add(timer(1), 7'000);
        QCOMPARE(book.sleepUntil(500, book.mark()), 7'000);
        book.remove(timer(1));
        QCOMPARE(book.sleepUntil(500, book.mark()), 9'000);
        book.add(timer(0), 20'000);  // set anew
        QCOMPARE(book.sleepUntil(500, book.mark()), 20'000);
    }

    void whatIsDueSoonIsLeftToTheLibrary() {
        TimerBook book;
        book.add(timer(0), 400);
        book.add(timer(1), 7'000);
        QCOMPARE(book.sleepUntil(401, book.mark()), 401);  // the timer may be that late
    }

    void whatHasRunIsForgotten() {
        TimerBook book;
        book.add(timer(0), 400);
        book.add(timer(1), 450);
        book.add(timer(2), 7'000);
        QCOMPARE(book.sleepUntil(1'500, book.mark()), 7'000);
    }

    void whatCameAfterTheLookHasNotRun() {
        TimerBook book;
        book.add(timer(0), 400);
        const auto mark = book.mark();
        book.add(timer(1), 450);
        QCOMPARE(book.sleepUntil(1'500, mark), 1'500);
        QCOMPARE(book.sleepUntil(1'600, book.mark()), 1'600 + kHourMs);
    }

    void whoSleepsBeyondATimerIsWoken() {
        TimerBook book;
        QVERIFY(!book.add(timer(0), 50'000));  // nobody sleeps yet
        book.sleepUntil(500, book.mark());
        QVERIFY(!book.add(timer(1), 60'000));
        QVERIFY(book.add(timer(2), 40'000));
        book.sleepUntil(600, book.mark());
        QVERIFY(!book.add(timer(3), 45'000));
        book.remove(timer(2));
        QVERIFY(!book.add(timer(4), 42'000));  // it looks at 40,000
        book.sleepUntil(700, book.mark());
        QVERIFY(book.add(timer(5), 41'000));
    }

    void whatNeverComesStaysSo() {
        TimerBook book;
        constexpr auto never = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(book.sleepUntil(never, book.mark()), never);
        QVERIFY(book.add(timer(0), 50'000));
    }
};

QTEST_APPLESS_MAIN(TimerBookTest)
#include "timer_book_test.moc"

// SPDX-License-Identifier: MIT
#include <QTest>

#include "base/limits.h"
#include "model/stamp.h"
#include "support/seeded.h"

#include <limits>

using namespace hashira;
using namespace hashira::test;

class StampTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parses_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"0.0.a", "1764000000000.0.0123456789abcde", "253402300799999.4294967295.z"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void parses() {
        QFETCH(QString, text);
        const auto stamp = Stamp::parse(text.toStdString());
        QVERIFY(stamp);
        QCOMPARE(q(stamp->text()), text);
    }

    void refuses_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"",
                                 "1",
                                 "1.2",
                                 "1.2.",
                                 ".2.a",
                                 "1..a",
                                 "01.0.a",
                                 "1.00.a",
                                 "-1.0.a",
                                 "+1.0.a",
                                 " 1.0.a",
                                 "1.0.a ",
                                 "1.0.A",
                                 "1.0.a-b",
                                 "1.0.a.b",
                                 "1.0.0123456789abcdef",
                                 "253402300800000.0.a",
                                 "1.4294967296.a",
                                 "99999999999999999999.0.a",
                                 "1e3.0.a",
                                 "0x1.0.a"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void refuses() {
        QFETCH(QString, text);
        QVERIFY(!Stamp::parse(text.toStdString()));
    }

    void orderIsTimeThenCounterThenOrigin() {
        const Stamp ascending[] = {
            {1, 9, "z"}, {2, 0, "b"}, {2, 1, "a"}, {2, 1, "b"}, {10, 0, "a"}};
        for (std::size_t i = 0; i < std::size(ascending); ++i)
            for (std::size_t j = 0; j < std::size(ascending); ++j)
                QCOMPARE(ascending[i] < ascending[j], i < j);
    }

    void clockOnlyGrows() {
        Seeded random;
        HlcTime clock;
        for (int i = 0; i < 10'000; ++i) {
            // A wall clock that jumps back and forth and sometimes stands still.
            const HlcTime ticked = clock.tick(static_cast<std::int64_t>(random.below(100)));
            QVERIFY2(ticked > clock, random.note().c_str());
            QVERIFY2(clock.next() > clock && clock.next() <= ticked, random.note().c_str());
            clock = ticked;
        }
    }

    void counterOverflowCarriesIntoTime() {
        const HlcTime full(7, std::numeric_limits<std::uint32_t>::max());
        QVERIFY(full.next() > full);
        QVERIFY(full.tick(7) > full);
        QCOMPARE(full.next().ms, std::int64_t(8));
    }

    /// A hostile stamp at the end of time must not lead to stamps that no datastore can read.
    void endsWithTime() {
        const HlcTime last(limits::kStampMs, std::numeric_limits<std::uint32_t>::max());
        QVERIFY(Stamp::parse(last.next().stamp("a").text()));
        QVERIFY(
            Stamp::parse(last.tick(std::numeric_limits<std::int64_t>::max()).stamp("a").text()));
        QVERIFY(Stamp::parse(
            HlcTime().tick(std::numeric_limits<std::int64_t>::max()).stamp("a").text()));
    }

    void aLaterWallClockIsTaken() {
        QCOMPARE(HlcTime(5, 3).tick(9), HlcTime(9, 0));
        QCOMPARE(HlcTime(5, 3).tick(5), HlcTime(5, 4));
        QCOMPARE(HlcTime(5, 3).tick(4), HlcTime(5, 4));
    }
};

QTEST_APPLESS_MAIN(StampTest)
#include "stamp_test.moc"

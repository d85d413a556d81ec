// SPDX-License-Identifier: MIT
#include <QTest>

#include "notices.h"
#include "tray_limits.h"

using namespace hashirad::tray;
using hashira::front::Connectivity;
using hashira::front::Status;
using hashira::front::WaitingFor;

namespace {

Status online() {
    Status status;
    status.connectivity = Connectivity::kOnline;
    return status;
}

Status waits(WaitingFor reason) {
    Status status;
    status.connectivity = Connectivity::kOffline;
    status.waitingFor = reason;
    return status;
}

Status refused(std::uint64_t count) {
    Status status = online();
    status.rejected = count;
    return status;
}

Status warned(const char* words) {
    Status status = online();
    status.warnings = {words};
    return status;
}

}  // namespace

class NoticesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aProblemIsToldOnceItLasts() {
        Notices notices;
        auto step = notices.look(refused(1), 100);
        QVERIFY(step.show.empty());
        QCOMPARE(step.next, std::optional<std::int64_t>(100 + kNoticeAfterMs));
        step = notices.look(refused(1), *step.next);
        QCOMPARE(step.show.size(), std::size_t{1});
        QCOMPARE(step.show[0].title, QStringLiteral("A change was refused"));
        QCOMPARE(step.show[0].remedy, Remedy::kRejected);
        QVERIFY(!step.next);
        step = notices.look(refused(1), 100 * kNoticeEveryMs);
        QVERIFY(step.show.empty() && !step.next);
    }

    void whatMendsItselfIsNotTold() {
        Notices notices;
        const auto step = notices.look(waits(WaitingFor::kKeyring), 0);
        QCOMPARE(step.next, std::optional<std::int64_t>(kKeyringNoticeAfterMs));
        QVERIFY(!notices.look(online(), 1'000).next);
        // Once more, and it counts from then.
        QCOMPARE(notices.look(waits(WaitingFor::kKeyring), 50'000).next,
                 std::optional<std::int64_t>(50'000 + kKeyringNoticeAfterMs));
    }

    void whatIsRoutineIsNotTold_data() {
        QTest::addColumn<Status>("status");
        QTest::newRow("no network") << waits(WaitingFor::kNetwork);
        QTest::newRow("paused") << waits(WaitingFor::kResume);
        QTest::newRow("never signed in") << waits(WaitingFor::kSignIn);
        QTest::newRow("the datastore is busy") << waits(WaitingFor::kDatastore);
        QTest::newRow("no icon") << warned(noTrayIcon().toUtf8().constData());
        Status portal = waits(WaitingFor::kNetwork);
        portal.network.reach = hashira::Reach::kPortal;
        QTest::newRow("a portal") << portal;
        Status paused = waits(WaitingFor::kToken);
        paused.connectivity = Connectivity::kPaused;
        QTest::newRow("wrong, but paused") << paused;
    }
    void whatIsRoutineIsNotTold() {
        QFETCH(Status, status);
        Notices notices;
        const auto step = notices.look(status, 0);
        QVERIFY(step.show.empty() && !step.next);
        QVERIFY(notices.look(status, kNoticeEveryMs).show.empty());
    }

    void aKindIsToldSeldom() {
        Notices notices;
        std::int64_t now = tell(notices, refused(1), 0);
        // A burst of them, each soon after the other.
        std::vector<Notice> shown;
        for (std::uint64_t count = 2; count < 40; ++count) {
            now += 1'000;
            for (const Notice& notice : notices.look(refused(count), now).show)
                shown.push_back(notice);
        }
        QVERIFY(shown.empty());
        const auto step = notices.look(refused(40), now);
        QCOMPARE(step.next, std::optional<std::int64_t>(kNoticeAfterMs + kNoticeEveryMs));
        shown = notices.look(refused(40), *step.next).show;
        QCOMPARE(shown.size(), std::size_t{1});
        QCOMPARE(shown[0].title, QStringLiteral("40 changes were refused"));
        // Another kind need not wait for it.
        tell(notices, warned("The document store was rebuilt."), now);
    }

    void nothingIsToldAgainAfterAStart_data() {
        QTest::addColumn<Status>("status");
        QTest::newRow("refused") << refused(2);
        QTest::newRow("token") << waits(WaitingFor::kToken);
        QTest::newRow("warning") << warned("Something is damaged.");
    }
    void nothingIsToldAgainAfterAStart() {
        QFETCH(Status, status);
        Notices first;
        tell(first, status, 0);
        Notices second(first.told());
        // At a start nothing is known yet of the datastore.
        Status starting = status;
        starting.connectivity = Connectivity::kConnecting;
        starting.waitingFor = WaitingFor::kNothing;
        QVERIFY(!second.look(starting, 0).next);
        QVERIFY(!second.look(status, 100).next);
    }

    void whatComesBackIsToldAgain() {
        Notices notices;
        tell(notices, waits(WaitingFor::kToken), 0);
        notices.look(online(), 10'000);
        QVERIFY(notices.told().isEmpty());
        tell(notices, waits(WaitingFor::kToken), kNoticeEveryMs * 2);
        // One refused change is dealt with, and another one refused.
        tell(notices, refused(2), kNoticeEveryMs * 4);
        notices.look(refused(1), kNoticeEveryMs * 5);
        tell(notices, refused(2), kNoticeEveryMs * 6);
        // A start without the warning, and it is news again.
        tell(notices, warned("It was rebuilt."), 0);
        Notices next(notices.told());
        next.look(online(), 0);
        tell(next, warned("It was rebuilt."), 0);
    }

    void whatIsOverIsWithdrawn() {
        Notices notices;
        tell(notices, waits(WaitingFor::kToken), 0);
        QCOMPARE(notices.look(online(), 10'000).withdraw, QStringList{QStringLiteral("token")});
        QVERIFY(notices.look(online(), 20'000).withdraw.isEmpty());
    }

    void whatCouldNotBeShownIsToldLater() {
        Notices notices;
        tell(notices, refused(3), 0);
        notices.unseen(QStringLiteral("rejected"));
        QVERIFY(notices.told().isEmpty());
        tell(notices, refused(3), 10'000);
    }

    void warningsThatComeTogetherAreOne() {
        Notices notices;
        Status status = warned("One.");
        status.warnings.push_back("Two.");
        notices.look(status, 0);
        const auto step = notices.look(status, kNoticeAfterMs);
        QCOMPARE(step.show.size(), std::size_t{1});
        QCOMPARE(step.show[0].text, QStringLiteral("One.\n\nTwo."));
    }

private:
    /// The state is told, and is all that is told; when that was.
    static std::int64_t tell(Notices& notices, const Status& status, std::int64_t from) {
        notices.look(status, from);
        const auto step = notices.look(status, from + kNoticeAfterMs);
        [&] { QCOMPARE(step.show.size(), std::size_t{1}); }();
        return from + kNoticeAfterMs;
    }
};

QTEST_APPLESS_MAIN(NoticesTest)
#include "notices_test.moc"

// SPDX-License-Identifier: MIT
#include <QTest>

#include "problems.h"
#include "words.h"

#include <QLocale>
#include <QSet>
#include <QTranslator>

using namespace hashirad::tray;
using hashira::ErrorCode;
using hashira::Reach;
using hashira::front::Connectivity;
using hashira::front::Status;
using hashira::front::WaitingFor;

namespace {

const QDateTime kNow = QDateTime::fromString(QStringLiteral("2026-11-26T12:30:00Z"), Qt::ISODate);

Status state(Connectivity connectivity, std::uint64_t pending = 0,
             WaitingFor waitingFor = WaitingFor::kNothing) {
    Status status;
    status.connectivity = connectivity;
    status.pending = pending;
    status.waitingFor = waitingFor;
    return status;
}

}  // namespace

class TrayWordsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        qputenv("TZ", "UTC");
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    }

    void theIconShowsTheState_data() {
        QTest::addColumn<Status>("status");
        QTest::addColumn<int>("look");
        const auto row = [](const char* name, const Status& status, Look look) {
            QTest::newRow(name) << status << static_cast<int>(look);
        };
        row("here only", state(Connectivity::kLocalOnly, 3), Look::kIdle);
        row("connecting", state(Connectivity::kConnecting), Look::kSyncing);
        row("all synced", state(Connectivity::kOnline), Look::kIdle);
        row("sending", state(Connectivity::kOnline, 2), Look::kSyncing);
        row("no network", state(Connectivity::kOffline, 2, WaitingFor::kNetwork), Look::kOffline);
        row("paused", state(Connectivity::kPaused, 0, WaitingFor::kResume), Look::kPaused);
        row("token", state(Connectivity::kOffline, 0, WaitingFor::kToken), Look::kAttention);
        row("token, but paused", state(Connectivity::kPaused, 0, WaitingFor::kToken),
            Look::kPaused);
        Status rejected = state(Connectivity::kOnline);
        rejected.rejected = 1;
        row("refused", rejected, Look::kAttention);
        Status portal = state(Connectivity::kOffline, 0, WaitingFor::kNetwork);
        portal.network.reach = Reach::kPortal;
        row("portal", portal, Look::kAttention);
        portal.connectivity = Connectivity::kOnline;  // the channel knows better
        row("portal, yet on line", portal, Look::kIdle);
    }
    void theIconShowsTheState() {
        QFETCH(Status, status);
        QTEST(static_cast<int>(lookOf(status)), "look");
    }

    void theToolTipTellsTheMomentAndTheMenuTheDistance_data() {
        QTest::addColumn<Status>("status");
        QTest::addColumn<QString>("tip");
        QTest::addColumn<QString>("line");
        Status online = state(Connectivity::kOnline, 3);
        online.lastSync = "2026-11-26T12:27:30Z";
        QTest::newRow("sending") << online << "3 changes waiting · last synced at 12:27"
                                 << "3 changes waiting · last synced 2 minutes ago";
        Status offline = state(Connectivity::kOffline, 1, WaitingFor::kNetwork);
        offline.lastSync = "2026-11-24T09:00:00Z";
        QTest::newRow("days ago") << offline
                                  << "Offline · 1 change waiting · last synced at 24/11/2026 09:00"
                                  << "Offline · 1 change waiting · last synced 2 days ago";
        // Nothing makes these words anew before there is a network again, tomorrow perhaps.
        offline.lastSync = "2026-11-26T12:00:00Z";
        offline.network.reach = Reach::kNone;
        QTest::newRow("no network")
            << offline << "No network · 1 change waiting · last synced at 26/11/2026 12:00"
            << "No network · 1 change waiting · last synced 30 minutes ago";
        for (const Reach reach : {Reach::kLocal, Reach::kSite}) {
            Status local = state(Connectivity::kOffline);
            local.network.reach = reach;
            QTest::addRow("a network of this place %d", static_cast<int>(reach))
                << local << "Offline, in a network of this place alone"
                << "Offline, in a network of this place alone";
        }
        Status portal = state(Connectivity::kOffline);
        portal.network.reach = Reach::kPortal;
        QTest::newRow("a portal") << portal << "Sign in to this network"
                                  << "Sign in to this network";
        QTest::newRow("never") << state(Connectivity::kOffline) << "Offline"
                               << "Offline";
        QTest::newRow("here only") << state(Connectivity::kLocalOnly, 9) << "On this machine only"
                                   << "On this machine only";
        Status paused = state(Connectivity::kPaused);
        QTest::newRow("paused") << paused << "Paused"
                                << "Paused";
        paused.pausedUntil = "2026-11-26T13:15:00Z";
        QTest::newRow("for a time") << paused << "Paused until 13:15"
                                    << "Paused until 13:15";
        paused.pausedUntil = "2026-11-27T00:00:00Z";
        QTest::newRow("until tomorrow") << paused << "Paused until 27/11/2026 00:00"
                                        << "Paused until 27/11/2026 00:00";
    }
    void theToolTipTellsTheMomentAndTheMenuTheDistance() {
        QFETCH(Status, status);
        QTEST(toolTip(status, kNow), "tip");
        QTEST(stateLine(status, kNow), "line");
    }

    void signingOutTellsWhatWaits() {
        Status status = state(Connectivity::kOnline);
        QVERIFY(!signOutText(status).contains(QStringLiteral("not synced")));
        QVERIFY(signOutText(status).contains(QStringLiteral("tasks stay on this machine")));
        status.pending = 2;
        QVERIFY(signOutText(status).contains(QStringLiteral("not synced")));
        QVERIFY(signOutText(status).contains(QStringLiteral("2 changes waiting")));
    }

    void aPortalIsNoSignInOfHashiras() {
        Status status = state(Connectivity::kOffline, 1, WaitingFor::kNetwork);
        status.network.reach = Reach::kPortal;
        const auto problems = problemsOf(status);
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].title, QStringLiteral("Sign in to this network"));
        QVERIFY(problems[0].text.contains(QStringLiteral("browser")));
        QCOMPARE(problems[0].remedy, Remedy::kRead);
        for (const Reach reach : {Reach::kNone, Reach::kLocal, Reach::kSite, Reach::kOnline}) {
            status.network.reach = reach;
            QVERIFY(problemsOf(status).empty());
            QCOMPARE(lookOf(status), Look::kOffline);
        }
    }

    void howLongAgo_data() {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("words");
        QTest::newRow("a clock set back") << qint64(-5) << "just now";
        QTest::newRow("59 s") << qint64(59) << "just now";
        QTest::newRow("60 s") << qint64(60) << "a minute ago";
        QTest::newRow("119 s") << qint64(119) << "a minute ago";
        QTest::newRow("120 s") << qint64(120) << "2 minutes ago";
        QTest::newRow("1 h") << qint64(3'600) << "an hour ago";
        QTest::newRow("5 h") << qint64(5 * 3'600) << "5 hours ago";
        QTest::newRow("1 d") << qint64(24 * 3'600) << "a day ago";
        QTest::newRow("9 d") << qint64(9 * 24 * 3'600) << "9 days ago";
    }
    void howLongAgo() {
        QFETCH(qint64, seconds);
        QTEST(ago(seconds), "words");
    }

    void aNameInAMenuIsWhatItIs_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("byQt");
        QTest::addColumn<QString>("byHost");
        QTest::newRow("plain") << "Report"
                               << "Report"
                               << "Report";
        QTest::newRow("lines") << "a\n  b\tc"
                               << "a b c"
                               << "a b c";
        QTest::newRow("ampersands") << "a & b & c"
                                    << "a && b && c"
                                    << "a && b & c";
        QTest::newRow("underscores") << "snake_case_"
                                     << "snake_case_"
                                     << "snake__case__";
        QTest::newRow("long") << QString(61, u'x') << QString(59, u'x') + u'…'
                              << QString(59, u'x') + u'…';
        const QString face = QString::fromUtf8("😀");
        // No half of a character at the cut.
        QTest::newRow("cut") << QString(58, u'x') + face + face << QString(58, u'x') + u'…'
                             << QString(58, u'x') + u'…';
    }
    void aNameInAMenuIsWhatItIs() {
        QFETCH(QString, name);
        QTEST(menuText(name.toStdString(), Drawn::kByQt), "byQt");
        QTEST(menuText(name.toStdString(), Drawn::kByHost), "byHost");
    }

    void whatWaitsForAPersonIsAProblem() {
        for (const WaitingFor reason :
             {WaitingFor::kKeyring, WaitingFor::kClock, WaitingFor::kTls, WaitingFor::kToken,
              WaitingFor::kAccount, WaitingFor::kDisk, WaitingFor::kDatastore}) {
            Status status = state(Connectivity::kOffline, 0, reason);
            status.lastError = "its own words";
            const auto problems = problemsOf(status);
            QCOMPARE(problems.size(), std::size_t{1});
            QVERIFY(problems[0].text.contains(QStringLiteral("its own words")));
            // Each leads somewhere, or its text says what to do.
            QCOMPARE(problems[0].remedy == Remedy::kRead, remedyText(problems[0].remedy).isEmpty());
        }
        for (const WaitingFor reason :
             {WaitingFor::kNothing, WaitingFor::kNetwork, WaitingFor::kResume, WaitingFor::kSignIn})
            QVERIFY(problemsOf(state(Connectivity::kOffline, 0, reason)).empty());
    }

    void anErrorIsToldInThePersonsLanguage() {
        const auto told = [](ErrorCode code) {
            return errorText({code, "the daemon is stopping at 50%1", 0});
        };
        QCOMPARE(told(ErrorCode::kUnavailable), QStringLiteral("The daemon is stopping at 50%1"));
        QTranslator japanese;
        QVERIFY(japanese.load(QStringLiteral(":/translations/tray_ja.qm")));
        QCoreApplication::installTranslator(&japanese);
        QSet<QString> kinds;
        for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
            const QString text = told(static_cast<ErrorCode>(code));
            QVERIFY2(text.endsWith(QStringLiteral("。 The daemon is stopping at 50%1")),
                     qPrintable(text));
            kinds << text;
        }
        QCOMPARE(kinds.size(), static_cast<int>(ErrorCode::kInternal) + 1);
    }
};

QTEST_GUILESS_MAIN(TrayWordsTest)
#include "tray_words_test.moc"

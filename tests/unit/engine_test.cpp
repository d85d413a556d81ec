// SPDX-License-Identifier: MIT
#include "engine/engine.h"
#include "base/limits.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <variant>

using namespace hashira;
using namespace hashira::engine;

namespace {

constexpr const char* kDevice = "device-1";
constexpr const char* kFresh = "device-2";
constexpr const char* kAccount = "11111111-1111-4111-8111-111111111111";
constexpr std::int64_t kNow = 1'767'225'600'000;

/// An engine that has said hello and has far more commands than one batch to send.
class Rig {
public:
    explicit Rig(bool fetchedBefore = true, const Hash& history = chainStart(), bool old = false) {
        m_state.settings = {true, true, 60'000};
        m_state.account = kAccount;
        if (fetchedBefore) m_state.cursor = sync::Cursor{10, "t10"};
        m_state.devices[kDevice] = {0, 1'000, true};
        step(Started{});
        hello(10, old, history);
    }

    /// What the last step wants done.
    Actions actions;
    void forked(std::uint64_t highest) { actions = step(Forked{kFresh, highest}); }
    void asked() { actions = step(SyncAsked{}); }
    void doctor() { actions = step(DoctorAsked{}); }
    void network(Reach reach, bool metered = false) {
        actions = step(NetworkChanged{{reach, metered}});
    }
    void machineWoke() { actions = step(MachineWoke{}); }
    void ends(const Error& error) { actions = step(WatchEnded{m_state.session, error}); }
    void loopback(bool is) { m_state.settings.loopback = is; }
    /// Time passes; nothing happens.
    void passes(std::int64_t ms) { m_nowMs += ms; }
    bool closes() const {
        return std::any_of(actions.sends.begin(), actions.sends.end(),
                           [](const Send& send) { return std::holds_alternative<Close>(send); });
    }
    /// No session, no attempt, and nothing that would begin one.
    bool waitsForNetwork() const {
        return !connects() && m_state.phase == Phase::kIdle && !actions.wakeAtMs &&
               m_state.waitingFor == front::WaitingFor::kNetwork &&
               connectivity(m_state) == front::Connectivity::kOffline &&
               m_state.lastError.find("no network") != std::string::npos;
    }
    void greeted() { hello(10, false, chainStart()); }
    void pause(const front::Pause& wish) { actions = step(PauseAsked{wish}); }
    void woke(std::int64_t steadyMs) { m_nowMs = steadyMs, actions = step(Woke{}); }
    bool paused() const { return connectivity(m_state) == front::Connectivity::kPaused; }
    /// Whether the last step opened a session.
    bool connects() const {
        return std::any_of(actions.sends.begin(), actions.sends.end(), [](const Send& send) {
            return std::holds_alternative<OpenWatch>(send);
        });
    }
    /// The disk did not take the last step's writes: the state is what it was.
    void writeFails(State before) {
        m_state = std::move(before);
        actions = step(WriteFailed{{ErrorCode::kDiskFull, "no space"}});
    }
    const State& state() const { return m_state; }

    /// The datastore applied one command and is at that version now.
    void applied(std::uint64_t version) {
        const std::uint64_t number = m_state.devices[kDevice].confirmed + 1;
        sync::ApplyResponse response;
        response.results.push_back({number, "command", {}});
        response.cursor = {version, "t"};
        step(ApplyCame{m_state.session, kDevice, {"command"}, number, response});
    }
    /// The same of so many, which were known up to a number; what is written of it.
    std::vector<Confirm> appliedSome(std::uint64_t count, std::uint64_t knownThrough) {
        const std::uint64_t first = m_state.devices[kDevice].confirmed + 1;
        sync::ApplyResponse response;
        std::vector<std::string> sent;
        for (std::uint64_t number = first; number < first + count; ++number) {
            sent.push_back("command " + std::to_string(number));
            response.results.push_back({number, sent.back(), "no " + std::to_string(number)});
        }
        response.cursor = {11, "t"};
        response.knownThrough = knownThrough;
        actions = step(ApplyCame{m_state.session, kDevice, sent, first, response});
        std::vector<Confirm> confirms;
        for (const Write& write : actions.writes)
            if (const auto* confirm = std::get_if<Confirm>(&write)) confirms.push_back(*confirm);
        return confirms;
    }
    void told(std::uint64_t version) { step(RemoteChanged{m_state.session, version}); }
    void fetched(std::uint64_t version) {
        FetchOutcome outcome;
        outcome.state = {"incarnation", {version, "t"}, {}, 0};
        outcome.documents = 1;
        actions = step(FetchCame{m_state.session, outcome});
    }

    /// The session ends with that hint; how long the engine waits before the next attempt.
    std::int64_t waitsAfter(std::int64_t hintMs) {
        const Error error{ErrorCode::kExhausted, "too much to do", hintMs};
        const auto ended = step(WatchEnded{m_state.session, error});
        return ended.wakeAtMs.value_or(0);
    }

    bool fetches() const { return m_state.call == Call::kFetch; }
    FetchKind fetchKind() const { return m_state.fetchKind; }

    void hello(std::uint64_t version, bool old, const Hash& history) {
        sync::Hello hello;
        hello.account = kAccount;
        hello.timeMs = kNow + m_nowMs;
        hello.incarnation = "incarnation";
        hello.cursor = {version, "t" + std::to_string(version)};
        hello.cursorOld = old;
        hello.devices.push_back({kDevice, 0, chainStart(), {}});
        HelloCame event{m_state.session, hello, {}};
        event.local[kDevice] = {history, kFresh};
        actions = step(event);
    }
    /// Before the first step: somebody will tell of the network.
    void begin(bool looks) {
        m_state = {};
        m_state.settings = {true, false, 60'000, looks};
        m_state.account = kAccount;
        m_state.lastDoctorMs = kNow;
        m_state.cursor = sync::Cursor{10, "t10"};
        m_state.devices[kDevice] = {0, 1'000, true};
        actions = step(Started{});
    }
    /// Everything is sent and fetched.
    void rests() {
        m_state.devices[kDevice].highest = m_state.devices[kDevice].confirmed;
        m_state.call = Call::kNone;
        m_state.fetchNeeded = true;
        woke(m_nowMs);
        fetched(10);
    }

private:
    Actions step(Event event) {
        return engine::step(m_state, {m_nowMs, kNow + m_nowMs, 1, std::move(event)});
    }
    State m_state;
    std::int64_t m_nowMs = 0;  ///< since kNow, and of the steady clock
};

}  // namespace

class EngineTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLongBacklogIsNotFetchedBackInBetween();
    void aFirstBacklogIsFetchedInBetween();
    void theChangesOfOthersGetTheirTurn_data();
    void theChangesOfOthersGetTheirTurn();
    void afterAFetchOnlyNewChangesOfOthersCount();
    void afterAForkNothingIsSentUntilItToldItsNumber();
    void whatAnotherCallBroughtMayHaveOtherStamps_data();
    void whatAnotherCallBroughtMayHaveOtherStamps();
    void aHintIsTheLeastThatIsWaited();
    void afterALongTimeAwayTheWindowIsTakenAnew_data();
    void afterALongTimeAwayTheWindowIsTakenAnew();
    void withoutANetworkNothingIsTried();
    void aReconnectCutsTheBackoffShort();
    void aReconnectEndsAnAttemptOverTheOldNetwork();
    void aPersonMayTryWithoutANetwork();
    void aLoopbackAddressIsNoException();
    void whatNobodyKnowsIsTried_data();
    void whatNobodyKnowsIsTried();
    void aPortalIsNoTrouble_data();
    void aPortalIsNoTrouble();
    void meteredNetworksAreUsedLess();
    void theFirstAttemptWaitsForAWordOnTheNetwork();
    void wakingUpSyncsAtOnce();
    void aDoctorWithoutANetworkDoesNotWait();
    void aPauseEndsAtItsMomentByTheOneTimer();
    void aPauseWithoutAMomentNeedsNoTimer();
    void aPauseThatTheDiskDoesNotLetEndIsTriedAgainLater();
};

void EngineTest::aLongBacklogIsNotFetchedBackInBetween() {
    Rig rig;
    for (int batch = 1; batch < 32; ++batch) {
        rig.told(10U + static_cast<unsigned>(batch));  // of our own batch, before its answer
        rig.applied(10U + static_cast<unsigned>(batch));
        QVERIFY2(!rig.fetches(), qPrintable(QString::number(batch)));
    }
    // But what one transaction must take stays bounded.
    rig.applied(42);
    QVERIFY(rig.fetches());
}

void EngineTest::aFirstBacklogIsFetchedInBetween() {
    // Else a first sign-in with a million commands would have them all covered by one Fetch.
    Rig rig(false);
    for (unsigned batch = 1; batch < 32; ++batch) {
        rig.applied(10 + batch);
        QVERIFY2(!rig.fetches(), qPrintable(QString::number(batch)));
    }
    rig.applied(42);
    QVERIFY(rig.fetches());
}

void EngineTest::theChangesOfOthersGetTheirTurn_data() {
    QTest::addColumn<bool>("told");
    QTest::newRow("told by a notification") << true;
    QTest::newRow("seen in the answers alone") << false;
}

void EngineTest::theChangesOfOthersGetTheirTurn() {
    QFETCH(bool, told);
    Rig rig;
    for (unsigned batch = 1; batch < 16; ++batch) {
        rig.applied(10 + batch + (told ? 0 : 1));
        if (told && batch == 15) rig.told(26);
        QVERIFY(!rig.fetches());
    }
    if (told) rig.told(27);
    rig.applied(told ? 26 : 27);
    QVERIFY(rig.fetches());
}

void EngineTest::whatAnotherCallBroughtMayHaveOtherStamps_data() {
    QTest::addColumn<quint64>("knownThrough");
    QTest::addColumn<QList<quint64>>("through");  // of what is written, in this order
    QTest::addColumn<QList<bool>>("byApply");
    QTest::newRow("none") << quint64(0) << QList<quint64>{4} << QList<bool>{true};
    QTest::newRow("some") << quint64(3) << QList<quint64>{3, 4} << QList<bool>{false, true};
    QTest::newRow("all") << quint64(4) << QList<quint64>{4} << QList<bool>{false};
    QTest::newRow("more than were sent") << quint64(9) << QList<quint64>{4} << QList<bool>{false};
}

void EngineTest::whatAnotherCallBroughtMayHaveOtherStamps() {
    QFETCH(quint64, knownThrough);
    QFETCH(QList<quint64>, through);
    QFETCH(QList<bool>, byApply);
    Rig rig;
    const auto written = rig.appliedSome(4, knownThrough);
    QCOMPARE(written.size(), std::size_t(through.size()));
    std::uint64_t next = 1;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const auto at = static_cast<qsizetype>(i);
        QCOMPARE(written[i].through, std::uint64_t(through[at]));
        QCOMPARE(written[i].byApply, byApply[at]);
        for (const sync::Refusal& refusal : written[i].refusals) {
            QCOMPARE(refusal.number, next++);
            QVERIFY(refusal.number <= written[i].through);
        }
    }
    QCOMPARE(next, std::uint64_t(5));
}

void EngineTest::afterAFetchOnlyNewChangesOfOthersCount() {
    Rig rig;
    for (unsigned batch = 1; batch <= 16; ++batch) rig.applied(11 + batch);
    QVERIFY(rig.fetches());
    rig.fetched(27);
    for (unsigned batch = 1; batch < 32; ++batch) {
        QVERIFY(!rig.fetches());
        rig.applied(27 + batch);
    }
    QVERIFY(!rig.fetches());
}

void EngineTest::afterAForkNothingIsSentUntilItToldItsNumber() {
    Rig rig(true, Hash(chainStart().size(), 'x'));
    QCOMPARE(rig.actions.writes.size(), std::size_t{1});
    QVERIFY(std::holds_alternative<Fork>(rig.actions.writes[0]));
    QVERIFY(rig.actions.sends.empty());
    rig.asked();  // nor is a sync over before what was numbered anew is sent
    QVERIFY(rig.actions.sends.empty() && !rig.actions.syncEnded);
    rig.forked(7);
    QCOMPARE(rig.actions.sends.size(), std::size_t{1});
    const auto* apply = std::get_if<SendApply>(&rig.actions.sends[0]);
    QVERIFY(apply && apply->device == kFresh && apply->from == 1);
    QVERIFY(!rig.actions.syncEnded);
}

void EngineTest::aHintIsTheLeastThatIsWaited() {
    const std::int64_t first = limits::kBackoffFirstMs;
    const auto waits = [](std::int64_t hintMs) { return Rig().waitsAfter(hintMs); };
    QVERIFY(waits(0) > 0 && waits(0) <= first);
    QCOMPARE(waits(40'000), 40'000 + waits(0));  // with the jitter of the backoff
    // What is not to be believed is bounded.
    QCOMPARE(waits(-1), waits(0));
    QCOMPARE(waits(std::numeric_limits<std::int64_t>::max()), limits::kRetryAfterMostMs + waits(0));
    // And a person who asks does not wait.
    Rig rig;
    QVERIFY(rig.waitsAfter(40'000) > 0);
    rig.asked();
    QVERIFY(!rig.actions.sends.empty());
    QVERIFY(std::holds_alternative<OpenWatch>(rig.actions.sends.front()));
}

void EngineTest::afterALongTimeAwayTheWindowIsTakenAnew_data() {
    QTest::addColumn<bool>("old");
    QTest::newRow("old") << true;
    QTest::newRow("not old") << false;
}

void EngineTest::afterALongTimeAwayTheWindowIsTakenAnew() {
    QFETCH(bool, old);
    Rig rig(true, chainStart(), old);
    // Nothing is given back, and what waits is sent first.
    QCOMPARE(rig.actions.sends.size(), std::size_t{1});
    QVERIFY(std::holds_alternative<SendApply>(rig.actions.sends[0]));
    QVERIFY(rig.actions.writes.empty());
    for (unsigned batch = 1; batch <= 32; ++batch) rig.applied(10 + batch);
    QVERIFY(rig.fetches());
    QCOMPARE(rig.fetchKind(), old ? FetchKind::kWindow : FetchKind::kDelta);
}

const Error kRefused{ErrorCode::kUnavailable, "connection refused"};

void EngineTest::withoutANetworkNothingIsTried() {
    Rig rig;
    rig.begin(false);
    rig.greeted();
    rig.network(Reach::kNone);
    QVERIFY(rig.closes());  // what hangs on it would be found dead by its keepalive only
    QVERIFY(rig.waitsForNetwork());
    rig.woke(10'000'000);
    QVERIFY(rig.waitsForNetwork());
    // Nor after a pause.
    rig.pause({true});
    rig.pause({false});
    QVERIFY(rig.waitsForNetwork());
    rig.network(Reach::kOnline);
    QVERIFY(rig.connects());
}

void EngineTest::aReconnectCutsTheBackoffShort() {
    Rig rig;
    rig.begin(false);
    for (int i = 0; i < 8; ++i) {
        rig.ends(kRefused);
        rig.woke(rig.actions.wakeAtMs.value_or(0));
    }
    rig.ends(kRefused);
    QVERIFY(!rig.connects() && rig.actions.wakeAtMs);
    rig.network(Reach::kNone);
    QVERIFY(rig.waitsForNetwork());
    rig.network(Reach::kSite);
    QVERIFY(rig.connects());
    QCOMPARE(rig.state().failures, 0);
    rig.ends(kRefused);
    QVERIFY(!rig.connects());
    rig.network(Reach::kOnline);
    QVERIFY(rig.connects());
}

void EngineTest::aReconnectEndsAnAttemptOverTheOldNetwork() {
    Rig rig;
    rig.begin(false);
    rig.network(Reach::kNone);
    rig.network(Reach::kUnknown);  // as while NetworkManager connects
    QVERIFY(rig.connects());
    const auto session = rig.state().session;
    rig.network(Reach::kOnline);
    QVERIFY(rig.closes() && rig.connects());
    QCOMPARE(rig.state().session, session + 1);
    // A session that is up stays, and is asked for what is new.
    rig.greeted();
    rig.rests();
    rig.network(Reach::kSite);
    QVERIFY(!rig.closes() && !rig.fetches());
    rig.network(Reach::kOnline);
    QVERIFY(!rig.closes() && rig.fetches());
}

void EngineTest::aPersonMayTryWithoutANetwork() {
    Rig rig;
    rig.begin(false);
    rig.network(Reach::kNone);
    rig.asked();
    QVERIFY(rig.connects());
    rig.ends(kRefused);
    QVERIFY(rig.actions.syncEnded && !*rig.actions.syncEnded);
    QVERIFY(rig.waitsForNetwork());
    // Where it works, there was a network after all: from then on it is as with one.
    rig.asked();
    rig.greeted();
    rig.ends(kRefused);
    QVERIFY(rig.actions.wakeAtMs);
    rig.woke(*rig.actions.wakeAtMs);
    QVERIFY(rig.connects());
    // Until there is another word.
    rig.network(Reach::kSite);
    rig.network(Reach::kNone);
    QVERIFY(rig.waitsForNetwork());
}

void EngineTest::aLoopbackAddressIsNoException() {
    Rig rig;
    rig.begin(true);
    rig.loopback(true);
    rig.network(Reach::kNone);
    QVERIFY(rig.waitsForNetwork());
    rig.network(Reach::kSite);
    QVERIFY(rig.connects());
    rig.greeted();
    rig.network(Reach::kNone);
    QVERIFY(rig.closes());
    QVERIFY(rig.waitsForNetwork());
}

void EngineTest::whatNobodyKnowsIsTried_data() {
    QTest::addColumn<int>("reach");
    QTest::newRow("unknown") << int(Reach::kUnknown);
    QTest::newRow("portal") << int(Reach::kPortal);
    QTest::newRow("local") << int(Reach::kLocal);
    QTest::newRow("site") << int(Reach::kSite);
    QTest::newRow("online") << int(Reach::kOnline);
}

void EngineTest::whatNobodyKnowsIsTried() {
    QFETCH(int, reach);
    Rig rig;
    rig.begin(true);
    QVERIFY(!rig.connects());
    rig.network(Reach(reach));
    QVERIFY(rig.connects());
    rig.ends(kRefused);
    QVERIFY(rig.actions.wakeAtMs);
    rig.woke(*rig.actions.wakeAtMs);
    QVERIFY(rig.connects());
}

void EngineTest::aPortalIsNoTrouble_data() {
    QTest::addColumn<int>("reach");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("reason");
    QTest::addColumn<QString>("words");
    using front::WaitingFor;
    const auto row = [](const char* name, Reach reach, ErrorCode code, WaitingFor reason,
                        const char* words) {
        QTest::newRow(name) << int(reach) << int(code) << int(reason) << QString::fromLatin1(words);
    };
    const auto portal = "sign in to it first";
    row("portal, token", Reach::kPortal, ErrorCode::kUnauthenticated, WaitingFor::kNetwork, portal);
    row("portal, tls", Reach::kPortal, ErrorCode::kDenied, WaitingFor::kNetwork, portal);
    row("portal, nonsense", Reach::kPortal, ErrorCode::kInternal, WaitingFor::kNetwork, portal);
    row("portal, refused", Reach::kPortal, ErrorCode::kUnavailable, WaitingFor::kNetwork, portal);
    row("portal, keyring", Reach::kPortal, ErrorCode::kLocked, WaitingFor::kKeyring, "");
    row("local", Reach::kLocal, ErrorCode::kUnavailable, WaitingFor::kNetwork, "next machines");
    row("site", Reach::kSite, ErrorCode::kDeadline, WaitingFor::kNetwork, "its own site");
    row("site, token", Reach::kSite, ErrorCode::kUnauthenticated, WaitingFor::kToken, "");
    row("online, token", Reach::kOnline, ErrorCode::kUnauthenticated, WaitingFor::kToken, "");
}

void EngineTest::aPortalIsNoTrouble() {
    QFETCH(int, reach);
    QFETCH(int, code);
    QFETCH(int, reason);
    QFETCH(QString, words);
    Rig rig;
    rig.begin(false);
    rig.network(Reach(reach));
    rig.ends({ErrorCode(code), "what it said"});
    QCOMPARE(int(rig.state().waitingFor), reason);
    const QString told = QString::fromStdString(rig.state().lastError);
    QVERIFY2(told.contains(words) && told.endsWith(QStringLiteral("what it said")),
             qPrintable(told));
    QCOMPARE(words.isEmpty(), told == QStringLiteral("what it said"));
}

void EngineTest::meteredNetworksAreUsedLess() {
    Rig rig;
    rig.begin(false);
    rig.greeted();
    rig.rests();
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), std::int64_t{60'000});
    rig.passes(30'000);
    rig.network(Reach::kOnline, true);
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), 60'000 * limits::kMeteredFactor);
    // No longer metered: as if it had never been.
    rig.passes(10'000);
    rig.network(Reach::kOnline, false);
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), std::int64_t{60'000});
}

void EngineTest::theFirstAttemptWaitsForAWordOnTheNetwork() {
    Rig rig;
    rig.begin(true);
    QVERIFY(!rig.connects());
    QVERIFY(connectivity(rig.state()) == front::Connectivity::kConnecting);
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), limits::kNetworkLookMs);
    rig.network(Reach::kNone);
    QVERIFY(rig.waitsForNetwork());
    // But not for ever, and not where a person asks.
    rig.begin(true);
    rig.woke(limits::kNetworkLookMs);
    QVERIFY(rig.connects());
    Rig other;
    other.begin(true);
    other.asked();
    QVERIFY(other.connects());
}

void EngineTest::wakingUpSyncsAtOnce() {
    Rig rig;
    rig.begin(false);
    rig.ends(kRefused);
    rig.machineWoke();
    QVERIFY(rig.connects());
    rig.greeted();
    rig.rests();
    rig.machineWoke();
    QVERIFY(rig.closes() && rig.connects());
    rig.greeted();
    QVERIFY(rig.fetches());
    // Not where there is no network yet, or it is paused.
    rig.network(Reach::kNone);
    rig.machineWoke();
    QVERIFY(rig.waitsForNetwork());
    rig.network(Reach::kOnline);
    rig.pause({true});
    rig.machineWoke();
    QVERIFY(!rig.connects());
    QVERIFY(rig.paused());
}

void EngineTest::aDoctorWithoutANetworkDoesNotWait() {
    Rig rig;
    rig.begin(false);
    rig.network(Reach::kNone);
    rig.doctor();
    QVERIFY(rig.actions.doctorEnded && !rig.actions.doctorEnded->datastoreAsked);
    QVERIFY(rig.waitsForNetwork());
}

void EngineTest::aPauseEndsAtItsMomentByTheOneTimer() {
    Rig rig;
    rig.pause({true, kNow + 5'000});
    QVERIFY(rig.paused());
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), std::int64_t{5'000});
    rig.woke(4'999);
    QVERIFY(rig.paused());
    QVERIFY(!rig.connects());
    // Another moment takes the place of the first.
    rig.pause({true, kNow + 9'000});
    rig.woke(5'000);
    QVERIFY(rig.paused());
    QCOMPARE(rig.actions.wakeAtMs.value_or(0), std::int64_t{9'000});
    rig.woke(9'000);
    QVERIFY(!rig.paused());
    QVERIFY(rig.connects());
    QVERIFY(std::holds_alternative<SetPaused>(rig.actions.writes.at(0)));
}

void EngineTest::aPauseWithoutAMomentNeedsNoTimer() {
    Rig rig;
    rig.pause({true, kNow + 5'000});
    rig.pause({true, 0});
    QVERIFY(!rig.actions.wakeAtMs);
    rig.woke(1'000'000);
    QVERIFY(rig.paused());
}

void EngineTest::aPauseThatTheDiskDoesNotLetEndIsTriedAgainLater() {
    Rig rig;
    rig.pause({true, kNow + 5'000});
    const State before = rig.state();
    rig.woke(5'000);
    rig.writeFails(before);
    QVERIFY(rig.paused());
    QVERIFY(rig.actions.writes.empty());
    const std::int64_t again = rig.actions.wakeAtMs.value_or(0);
    QVERIFY2(again > 5'000, qPrintable(QString::number(again)));
    rig.woke(again);
    QVERIFY(!rig.paused());
}

QTEST_APPLESS_MAIN(EngineTest)
#include "engine_test.moc"

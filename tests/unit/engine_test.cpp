// SPDX-License-Identifier: MIT
#include "engine/engine.h"
#include "base/limits.h"

#include <QTest>

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
        const sync::Cursor cursor{10, "t10"};
        m_state.settings = {true, true, 60'000};
        m_state.account = kAccount;
        if (fetchedBefore) m_state.cursor = cursor;
        m_state.devices[kDevice] = {0, 1'000, true};
        step(Started{});
        sync::Hello hello;
        hello.account = kAccount;
        hello.timeMs = kNow;
        hello.incarnation = "incarnation";
        hello.cursor = cursor;
        hello.cursorOld = old;
        hello.devices.push_back({kDevice, 0, chainStart(), {}});
        HelloCame event{m_state.session, hello, {}};
        event.local[kDevice] = {history, kFresh};
        actions = step(event);
    }

    /// What the last step wants done.
    Actions actions;
    void forked(std::uint64_t highest) { actions = step(Forked{kFresh, highest}); }
    void asked() { actions = step(SyncAsked{}); }

    /// The datastore applied one command and is at that version now.
    void applied(std::uint64_t version) {
        const std::uint64_t number = m_state.devices[kDevice].confirmed + 1;
        sync::ApplyResponse response;
        response.results.push_back({number, "command", {}});
        response.cursor = {version, "t"};
        step(ApplyCame{m_state.session, kDevice, {"command"}, number, response});
    }
    void told(std::uint64_t version) { step(RemoteChanged{m_state.session, version}); }
    void fetched(std::uint64_t version) {
        FetchOutcome outcome;
        outcome.state = {"incarnation", {version, "t"}, {}, 0};
        outcome.documents = 1;
        step(FetchCame{m_state.session, outcome});
    }

    /// The session ends with that hint; how long the engine waits before the next attempt.
    std::int64_t waitsAfter(std::int64_t hintMs) {
        const Error error{ErrorCode::kExhausted, "too much to do", hintMs};
        const auto ended = step(WatchEnded{m_state.session, error});
        return ended.wakeAtMs.value_or(0) - 1;
    }

    bool fetches() const { return m_state.call == Call::kFetch; }
    FetchKind fetchKind() const { return m_state.fetchKind; }

private:
    Actions step(Event event) { return engine::step(m_state, {1, kNow, 1, std::move(event)}); }
    State m_state;
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
    void aHintIsTheLeastThatIsWaited();
    void afterALongTimeAwayTheWindowIsTakenAnew_data();
    void afterALongTimeAwayTheWindowIsTakenAnew();
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

QTEST_APPLESS_MAIN(EngineTest)
#include "engine_test.moc"

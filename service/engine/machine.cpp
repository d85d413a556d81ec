// SPDX-License-Identifier: MIT
#include "engine/machine.h"

#include "base/limits.h"

#include <algorithm>

namespace hashira::engine {
namespace {

using front::WaitingFor;

/// Apply calls in a row before the changes of others get their turn.
constexpr int kBatchesBeforeFetch = 16;
/// And where only our own changes wait to be fetched: nobody is shown anything new by them, but one
/// transaction takes them all, and the longer it is the longer a Send waits for it.
constexpr int kBatchesBeforeOwnFetch = 32;
/// Hellos without coming to rest before the engine suspects the datastore and waits.
constexpr int kHellosInARow = 4;

}  // namespace

WaitingFor Machine::reasonOf(const Error& error) {
    switch (error.code) {
        case ErrorCode::kUnauthenticated: return WaitingFor::kToken;
        case ErrorCode::kDenied: return WaitingFor::kTls;
        case ErrorCode::kLocked: return WaitingFor::kKeyring;
        case ErrorCode::kDiskFull:
        case ErrorCode::kCorrupt: return WaitingFor::kDisk;
        case ErrorCode::kUnavailable:
        case ErrorCode::kDeadline:
        case ErrorCode::kBusy:
        case ErrorCode::kCancelled: return WaitingFor::kNetwork;
        // It was reached, and said what a datastore must not say.
        default: return WaitingFor::kDatastore;
    }
}

sync::Scope Machine::scopeOf(Bucket bucket) {
    sync::Scope scope;
    scope.open = bucket.open();
    if (!scope.open) scope.from = scope.to = bucket.week();
    return scope;
}

std::uint64_t State::pending() const {
    std::uint64_t sum = 0;
    for (const auto& [id, device] : devices) sum += device.highest - device.confirmed;
    return sum;
}

std::int64_t backoffMs(int failures, bool loopback, std::uint64_t random) {
    const std::int64_t most = loopback ? limits::kBackoffMostLoopbackMs : limits::kBackoffMostMs;
    std::int64_t ceiling = limits::kBackoffFirstMs;
    for (int i = 1; i < failures && ceiling < most; ++i) ceiling *= 2;
    ceiling = std::min(ceiling, most);
    // A tenth at least: jitter must not make a hot loop.
    const std::int64_t least = ceiling / 10;
    return least +
           static_cast<std::int64_t>(random % static_cast<std::uint64_t>(ceiling - least + 1));
}

front::Connectivity connectivity(const State& state) {
    using front::Connectivity;
    if (!state.settings.configured) return Connectivity::kLocalOnly;
    if (state.pause.paused) return Connectivity::kPaused;
    if (state.phase == Phase::kReady) return Connectivity::kOnline;
    const bool looks = state.settings.looksAtNetwork && !state.networkTold && !state.retryAtMs;
    if (state.phase == Phase::kIdle && looks) return Connectivity::kConnecting;
    if (state.phase == Phase::kGreeting && state.failures == 0) return Connectivity::kConnecting;
    return Connectivity::kOffline;
}

Actions step(State& state, const Input& input) {
    return Machine(state, input).run();
}

Actions Machine::run() {
    std::visit([this](const auto& event) { on(event); }, m_input.event);
    advance();
    schedule();
    return std::move(m_actions);
}

void Machine::on(const Started&) {
    m.lookUntilMs = m_input.steadyMs + limits::kNetworkLookMs;
    endPause();
}

void Machine::on(const Appended& event) {
    m.devices[event.device].highest = event.highest;
}

void Machine::on(const RemoteChanged& event) {
    if (current(event.session)) m.remoteVersion = std::max(m.remoteVersion, event.version);
}

void Machine::on(const WatchEnded& event) {
    if (current(event.session)) drop(event.error, reasonOf(event.error));
}

void Machine::on(const ChunkCame& event) {
    if (current(event.session)) await();
}

void Machine::on(const Woke&) {
    endPause();
    if (!runnable()) return;
    if (m.phase == Phase::kIdle) {
        if (m.retryAtMs && *m.retryAtMs <= m_input.steadyMs) m.retryAtMs.reset();
    } else if (m.phase == Phase::kGreeting || m.call != Call::kNone) {
        if (m.deadlineMs <= m_input.steadyMs)
            drop({ErrorCode::kDeadline, "the datastore does not answer"}, WaitingFor::kNetwork);
    } else if (m.nextSyncMs <= m_input.steadyMs) {
        m.fetchNeeded = true;  // a lost notification costs no more than this interval
        if (m_input.wallMs - m.lastDoctorMs >= limits::kDoctorIntervalMs) m.doctorAsked = true;
    }
}

void Machine::on(const SyncAsked&) {
    if (!m.settings.configured) {
        m_actions.syncEnded = Error{ErrorCode::kPrecondition,
                                    "no datastore is set up: everything stays on this machine"};
    } else if (m.pause.paused) {
        m_actions.syncEnded = Error{ErrorCode::kPrecondition, "syncing is paused: resume it first"};
    } else {
        m.syncAsked = true;
        m.fetchNeeded = true;
        m.tryAnyway = m.phase == Phase::kIdle;
        m.retryAtMs.reset();
    }
}

void Machine::on(const PauseAsked& event) {
    if (event.pause == m.pause) return;
    m_actions.writes.push_back(SetPaused{event.pause});
    m.pause = event.pause;
    m.failures = 0;
    m.retryAtMs.reset();
    if (!event.pause.paused) {
        m.waitingFor = WaitingFor::kNothing;
        return;
    }
    if (m.phase != Phase::kIdle)
        drop({ErrorCode::kPrecondition, "syncing was paused"}, WaitingFor::kResume);
    m.retryAtMs.reset();
    m.failures = 0;
    m.lastError.clear();
    m.waitingFor = WaitingFor::kResume;
}

void Machine::endPause() {
    if (!m.pause.paused || m.pause.untilMs == 0 || m.pause.untilMs > m_input.wallMs) return;
    // A disk that could not take it is not tried in a hot loop.
    if (m.retryAtMs && *m.retryAtMs > m_input.steadyMs) return;
    on(PauseAsked{{false}});
}

void Machine::on(const DoctorAsked&) {
    m.doctorReport = true;
    m.doctorAsked = true;
    m.doctorTries = 0;
    if (!runnable())
        endDoctor(false, m.pause.paused ? "syncing is paused" : "");
    else
        m.retryAtMs.reset();
}

void Machine::on(const WindowMoved& event) {
    m.window = event.window;
    if (!m.windowFrom || !m.window.from) return;
    // Later weeks than were fetched are kept now: the older ones leave. Earlier ones: fetch them.
    if (*m.window.from < *m.windowFrom)
        m.windowNeeded = true;
    else
        m.windowFrom = m.window.from;
}

void Machine::on(const IdsWanted& event) {
    for (const std::string& id : event.ids)
        if (m.wantedIds.size() < limits::kFetchIds) m.wantedIds.insert(id);
}

void Machine::on(const Configured& event) {
    if (event.relinked) {
        drop({ErrorCode::kCancelled, event.settings.configured ? "signed in anew" : "signed out"},
             WaitingFor::kNothing);
        m.retryAtMs.reset();
        m.failures = 0;
        m.lastError.clear();
        m.datastoreVersion.clear();
        m.waitingFor = m.pause.paused ? WaitingFor::kResume : WaitingFor::kNothing;
    }
    // Another interval counts from the last sync, not from the next one.
    m.nextSyncMs += event.settings.syncIntervalMs - m.settings.syncIntervalMs;
    m.settings = event.settings;
    m.nextSyncMs = m.syncedAtMs + syncIntervalMs();
    if (!m.account.empty() || event.account.empty()) return;
    m.account = event.account;
    m_actions.writes.push_back(Adopt{event.account});
}

void Machine::on(const WriteFailed& event) {
    m_actions.sends.push_back(Close{});
    drop(event.error, WaitingFor::kDisk);
}

void Machine::connect() {
    ++m.session;
    m.phase = Phase::kGreeting;
    m.call = Call::kNone;
    m.retryAtMs.reset();
    m.pushNeeded = false;
    m.pushAfter.clear();
    m.pushed.reset();
    m.batches = 0;
    m.fetched = false;
    await();
    m_actions.sends.push_back(OpenWatch{m.session});
}

void Machine::newHello() {
    if (++m.hellos > kHellosInARow) {
        drop({ErrorCode::kUnavailable, "the datastore's history changes again and again"},
             WaitingFor::kNetwork);
        return;
    }
    connect();
}

void Machine::advance() {
    if (!runnable()) return;
    if (m.phase == Phase::kIdle) {
        if (m.retryAtMs || looking()) return;
        if (noNetwork()) return waitForNetwork();
        connect();
        return;
    }
    if (m.phase != Phase::kReady || m.call != Call::kNone || !m.forking.empty()) return;
    if (!sendNext()) atRest();
}

bool Machine::fetchIsDue() const {
    // Before the first Fetch as later: what is covered at once is held in memory.
    if (!m.cursor) return m.batches >= kBatchesBeforeOwnFetch;
    if (m.remoteVersion <= m.cursor->version) return false;
    const bool others = m.othersWrote || m.remoteVersion > m.ownVersion;
    return m.batches >= (others ? kBatchesBeforeFetch : kBatchesBeforeOwnFetch);
}

bool Machine::sendNext() {
    if (m.pushNeeded) {
        m.call = Call::kPush;
        await();
        m_actions.sends.push_back(SendPush{m.session, m.pushAfter});
        return true;
    }
    const bool behind = m.cursor && m.remoteVersion > m.cursor->version;
    if (!fetchIsDue()) {
        for (const auto& [id, device] : m.devices) {
            if (device.highest <= device.confirmed) continue;
            ++m.batches;
            m.call = Call::kApply;
            await();
            m_actions.sends.push_back(SendApply{m.session, id, device.confirmed + 1});
            return true;
        }
    }
    sync::FetchRequest fetch;
    if (m.windowNeeded || !m.cursor) {
        fetch.scope = m.window;
        sendFetch(FetchKind::kWindow, std::move(fetch));
        return true;
    }
    const bool uncovered =
        std::any_of(m.devices.begin(), m.devices.end(), [this](const auto& entry) {
            const auto covered = m.covered.find(entry.first);
            return entry.second.confirmed > (covered == m.covered.end() ? 0 : covered->second);
        });
    if (m.fetchNeeded || behind || uncovered) {
        fetch.since = m.cursor;
        sendFetch(FetchKind::kDelta, std::move(fetch));
        return true;
    }
    if (!m.wantedIds.empty()) {
        fetch.ids.assign(m.wantedIds.begin(), m.wantedIds.end());
        sendFetch(FetchKind::kIds, std::move(fetch));
        return true;
    }
    if (!m.repairs.empty()) {
        m.repairing = m.repairs.back();
        fetch.scope = scopeOf(*m.repairing);
        sendFetch(FetchKind::kRepair, std::move(fetch));
        return true;
    }
    if (m.doctorAsked) {
        fetch.scope = m.window;
        fetch.digestsOnly = true;
        sendFetch(FetchKind::kDigests, std::move(fetch));
        return true;
    }
    return false;
}

void Machine::sendFetch(FetchKind kind, sync::FetchRequest request) {
    m.call = Call::kFetch;
    m.fetchKind = kind;
    m.fetchScope = request.scope;
    m.fetchIds = request.ids;
    m.batches = 0;
    if (kind == FetchKind::kDelta || kind == FetchKind::kWindow) m.fetchNeeded = false;
    request.incarnation = m.sessionIncarnation;
    m.toldVersion = m.remoteVersion;
    if (m.pushed) request.required.push_back(*m.pushed);
    for (const auto& [id, device] : m.devices) request.devices.push_back(id);
    await();
    m_actions.sends.push_back(SendFetch{m.session, kind, std::move(request)});
}

bool Machine::settled() const {
    return m.phase == Phase::kReady && m.fetched &&
           m_input.steadyMs - m.readySinceMs >= limits::kSettledMs;
}

void Machine::atRest() {
    if (settled()) m.hellos = m.failures = 0;
    if (!m.syncAsked) return;
    m.syncAsked = false;
    m_actions.syncEnded = Status();
}

void Machine::drop(Error error, WaitingFor reason) {
    explain(error, reason);
    // A datastore that says hello well and ends soon after it, for ever, must not be a hot loop.
    if (settled()) m.failures = 0;
    letGo();
    ++m.failures;
    // What the datastore asked for is the least; the jitter on top keeps those that were told the
    // same from coming back together.
    m.retryAtMs = m_input.steadyMs +
                  std::clamp<std::int64_t>(error.retryAfterMs, 0, limits::kRetryAfterMostMs) +
                  backoffMs(m.failures, m.settings.loopback, m_input.random);
    m.tryAnyway = false;
    if (noNetwork() && reason != WaitingFor::kDisk) m.retryAtMs.reset();
    m.waitingFor = reason;
    m.lastError = error.message;
    if (m.syncAsked) {
        m.syncAsked = false;
        m_actions.syncEnded = error;
    }
    if (m.doctorAsked) endDoctor(false, error.message);
}

void Machine::endDoctor(bool asked, const std::string& problem) {
    if (m.doctorReport)
        m_actions.doctorEnded = DoctorEnded{asked, m.weeksCompared, m.weeksDiffered, problem};
    m.doctorReport = false;
    m.doctorAsked = false;
    m.doctorTries = 0;
    m.weeksCompared = 0;
    m.weeksDiffered = 0;
    m.repairs.clear();
}

void Machine::await() {
    m.deadlineMs = m_input.steadyMs + 2 * limits::kCallTimeoutMs;
}

void Machine::schedule() {
    if (m.pause.paused && m.pause.untilMs != 0)
        m_actions.wakeAtMs =
            std::max(m_input.steadyMs + m.pause.untilMs - m_input.wallMs, m.retryAtMs.value_or(0));
    if (!runnable()) return;
    if (m.phase == Phase::kIdle) {
        m_actions.wakeAtMs = m.retryAtMs;
        if (!m.retryAtMs && looking()) m_actions.wakeAtMs = m.lookUntilMs;
    } else if (m.phase == Phase::kGreeting || m.call != Call::kNone) {
        m_actions.wakeAtMs = m.deadlineMs;
    } else {
        m_actions.wakeAtMs = m.nextSyncMs;
    }
}

}  // namespace hashira::engine

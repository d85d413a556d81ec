// SPDX-License-Identifier: MIT
#include "engine/machine.h"

#include "base/limits.h"

#include <utility>

// What the machine's network and its sleep mean for the sync. "There is no network" is believed: it
// ends the session and is waited out without an attempt. All else is told to the person, and tried.
namespace hashira::engine {
namespace {

const char* const kNoNetwork = "this machine has no network";

/// What stands before the error of an attempt, as it explains it.
const char* wordsOf(Reach reach) {
    switch (reach) {
        case Reach::kPortal:
            return "this network asks you to sign in to it first: open any web page in a browser";
        case Reach::kLocal: return "this network reaches the next machines only";
        case Reach::kSite: return "this network reaches its own site only";
        default: return nullptr;
    }
}

}  // namespace

bool Machine::noNetwork() const {
    return m.network.reach == Reach::kNone && !m.hintWrong && !m.tryAnyway;
}

bool Machine::looking() const {
    return m.settings.looksAtNetwork && !m.networkTold && !m.tryAnyway &&
           m_input.steadyMs < m.lookUntilMs;
}

void Machine::waitForNetwork() {
    m.waitingFor = front::WaitingFor::kNetwork;
    m.lastError = kNoNetwork;
    if (m.doctorAsked) endDoctor(false, kNoNetwork);
}

std::int64_t Machine::syncIntervalMs() const {
    return m.settings.syncIntervalMs * (m.network.metered ? limits::kMeteredFactor : 1);
}

void Machine::on(const NetworkChanged& event) {
    const NetworkHint before = std::exchange(m.network, event.hint);
    const bool first = !std::exchange(m.networkTold, true);
    if (before.metered != m.network.metered) m.nextSyncMs = m.syncedAtMs + syncIntervalMs();
    if (before.reach == m.network.reach && !first) return;
    m.hintWrong = m.tryAnyway = false;
    if (!runnable()) return;
    if (noNetwork()) {
        if (m.phase != Phase::kIdle)
            drop({ErrorCode::kUnavailable, kNoNetwork}, front::WaitingFor::kNetwork);
        else if (m.waitingFor != front::WaitingFor::kDisk)
            m.retryAtMs.reset();
    } else if (first) {
        m.retryAtMs.reset();
    } else if (before.reach == Reach::kNone || m.network.reach == Reach::kOnline) {
        // What began over another network would hang until its deadline.
        if (m.phase == Phase::kGreeting) letGo();
        syncAtOnce();
    }
}

void Machine::on(const MachineWoke&) {
    endPause();
    if (!runnable()) return;
    // A session rarely outlives a sleep, and that it is dead would show in its keepalive only.
    letGo();
    syncAtOnce();
}

void Machine::syncAtOnce() {
    m.failures = 0;
    m.retryAtMs.reset();
    m.fetchNeeded = true;
}

void Machine::letGo() {
    if (m.phase != Phase::kIdle) m_actions.sends.push_back(Close{});
    m.phase = Phase::kIdle;
    m.call = Call::kNone;
    m.repairing.reset();
    m.hellos = 0;
    m.clockTries = 0;
}

void Machine::explain(Error& error, front::WaitingFor& reason) const {
    using front::WaitingFor;
    const char* const words = wordsOf(m.network.reach);
    if (words == nullptr) return;
    // Whoever answers in the place of the datastore knows no token and has another certificate.
    const bool foreign = m.network.reach == Reach::kPortal &&
                         (reason == WaitingFor::kToken || reason == WaitingFor::kTls ||
                          reason == WaitingFor::kDatastore);
    if (!foreign && reason != WaitingFor::kNetwork) return;
    reason = WaitingFor::kNetwork;
    error.code = ErrorCode::kUnavailable;
    error.message = std::string(words) + "; " + error.message;
}

}  // namespace hashira::engine

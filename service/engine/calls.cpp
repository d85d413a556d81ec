// SPDX-License-Identifier: MIT
#include "engine/machine.h"

#include "base/limits.h"
#include "engine/fetch_check.h"

#include <algorithm>

namespace hashira::engine {
namespace {

using front::WaitingFor;

/// Restampings without a command being accepted before the engine waits instead.
constexpr int kClockTries = 3;
/// Comparisons that the changes of others overtook before the doctor gives up.
constexpr int kDoctorTries = 5;

}  // namespace

void Machine::on(const ApplyCame& event) {
    if (!current(event.session) || m.call != Call::kApply) return;
    m.call = Call::kNone;
    if (!event.response) return drop(event.response.error(), reasonOf(event.response.error()));
    const sync::ApplyResponse& response = *event.response;
    if (response.helloNeeded) return newHello();
    if (!takeResults(event)) return;
    m.remoteVersion = std::max(m.remoteVersion, response.cursor.version);
    // A batch makes one version at most: whatever lies between is of others.
    m.othersWrote |= response.cursor.version > m.ownVersion + 1;
    m.ownVersion = response.cursor.version;
    if (response.clockAheadMs) shift(*response.clockAheadMs);
}

void Machine::shift(std::int64_t toldMs) {
    // Stamps that were shifted to such a time would lose against everything.
    if (!isPlausibleTime(toldMs))
        return drop({ErrorCode::kInternal,
                     "the datastore's clock is wrong by years: it must be set, by whoever runs it"},
                    WaitingFor::kDatastore);
    if (++m.clockTries > kClockTries)
        return drop(
            {ErrorCode::kPrecondition,
             "this machine's clock is far ahead, and so is what it has seen: set the clock"},
            WaitingFor::kClock);
    m_actions.writes.push_back(Shift{toldMs});
}

bool Machine::takeResults(const ApplyCame& event) {
    const auto& results = event.response->results;
    bool good = results.size() <= event.sent.size() &&
                (event.response->clockAheadMs || results.size() == event.sent.size());
    const std::uint64_t through = event.from + results.size() - 1;
    // What another call brought may have been sent by a copy of this device, with other stamps: of
    // that we know no more than by a hello.
    Confirm known{event.device, std::min(event.response->knownThrough, through), false, {}};
    Confirm confirm{event.device, through, true, {}};
    for (std::size_t i = 0; good && i < results.size(); ++i) {
        const std::uint64_t number = event.from + i;
        good = results[i].number == number && results[i].commandId == event.sent[i];
        if (results[i].refusal.empty()) continue;
        auto& refusals = number <= known.through ? known.refusals : confirm.refusals;
        refusals.push_back({number, words(results[i].refusal, limits::kReasonBytes)});
    }
    if (!good) {
        drop({ErrorCode::kInternal, "the datastore's answer is not of the commands that were sent"},
             WaitingFor::kDatastore);
        return false;
    }
    if (results.empty()) return true;
    m.clockTries = 0;
    m.devices[event.device].confirmed = through;
    if (known.through >= event.from) m_actions.writes.push_back(std::move(known));
    if (known.through < through) m_actions.writes.push_back(std::move(confirm));
    return true;
}

void Machine::on(const PushCame& event) {
    if (!current(event.session) || m.call != Call::kPush) return;
    m.call = Call::kNone;
    if (!event.response) return drop(event.response.error(), reasonOf(event.response.error()));
    if (event.response->helloNeeded) return newHello();
    if (const Status good = checkCursor(event.response->cursor); !good)
        return drop(good.error(), WaitingFor::kDatastore);
    m.pushed = event.response->cursor;
    m.pushAfter = event.next;
    m.pushNeeded = !event.next.empty();
}

void Machine::on(const FetchCame& event) {
    if (!current(event.session) || m.call != Call::kFetch) return;
    m.call = Call::kNone;
    if (!event.outcome) return drop(event.outcome.error(), reasonOf(event.outcome.error()));
    if (event.outcome->helloNeeded || event.outcome->state.incarnation != m.sessionIncarnation)
        return newHello();
    switch (m.fetchKind) {
        case FetchKind::kDelta:
        case FetchKind::kWindow: return fetched(*event.outcome);
        case FetchKind::kIds:
            m_actions.writes.push_back(
                CommitFetch{FetchKind::kIds, std::nullopt, event.outcome->state, false});
            for (const std::string& id : m.fetchIds) m.wantedIds.erase(id);
            return;
        case FetchKind::kDigests: return comparedDigests(*event.outcome);
        case FetchKind::kRepair: return repaired(*event.outcome);
    }
}

/// What the datastore said in this session and what it gave now cannot both be true. Without this a
/// version that does not exist would be fetched again and again, at once.
Status Machine::contradiction(const FetchOutcome& outcome) const {
    const std::uint64_t version = outcome.state.cursor.version;
    const auto lie = [](const char* what) { return Error{ErrorCode::kInternal, what}; };
    if (version < m.toldVersion)
        return lie("the datastore told of a version that it does not have");
    if (m.fetchKind == FetchKind::kDelta && m.cursor && version > m.cursor->version &&
        outcome.documents == 0)
        return lie("the datastore counts versions in which nothing changed");
    return {};
}

void Machine::fetched(const FetchOutcome& outcome) {
    const sync::FetchState& state = outcome.state;
    if (const Status good = contradiction(outcome); !good)
        return drop(good.error(), WaitingFor::kDatastore);
    // Numbers that we never gave: a clone went on with this device id. The hello sorts it out.
    for (const sync::DeviceState& device : state.devices) {
        const auto ours = m.devices.find(device.device);
        if (ours != m.devices.end() && ours->second.current && device.last > ours->second.highest)
            return newHello();
    }
    CommitFetch commit{m.fetchKind, std::nullopt, state, true};
    if (m.fetchKind == FetchKind::kWindow) {
        commit.replaced = m.fetchScope;
        m.windowNeeded = m.window.from < m.fetchScope.from;
        // The weeks before the window leave with this commit.
        m.windowFrom = std::max(m.window.from, m.fetchScope.from);
    } else if (m.cursor && state.cursor.version < m.cursor->version) {
        return newHello();  // versions never go back within one history
    }
    m_actions.writes.push_back(std::move(commit));
    m.cursor = state.cursor;
    m.ownVersion = state.cursor.version;
    m.othersWrote = false;
    m.incarnation = state.incarnation;
    m.pushed.reset();
    bool lost = false;
    for (const sync::DeviceState& device : state.devices) {
        m.covered[device.device] = device.last;
        const auto ours = m.devices.find(device.device);
        lost |= ours != m.devices.end() && device.last < ours->second.confirmed;
    }
    m.lastSyncMs = m_input.wallMs;
    m.syncedAtMs = m_input.steadyMs;
    m.nextSyncMs = m.syncedAtMs + syncIntervalMs();
    m.fetched = true;
    m.lastError.clear();
    if (lost) newHello();
}

void Machine::comparedDigests(const FetchOutcome& outcome) {
    if (!m.cursor || outcome.state.cursor != *m.cursor) {
        // Others changed something in between: fetch it and compare again.
        m.fetchNeeded = true;
        if (++m.doctorTries > kDoctorTries)
            endDoctor(false, "the datastore changes too fast to be compared; try again later");
        return;
    }
    // A person is told of the first comparison; it is repeated after the repair until nothing
    // differs.
    if (m.weeksCompared == 0) {
        m.weeksCompared = outcome.compared;
        m.weeksDiffered = static_cast<std::uint32_t>(outcome.differing.size());
    }
    if (outcome.differing.empty()) {
        m_actions.writes.push_back(SaveDoctor{});
        m.lastDoctorMs = m_input.wallMs;
        return endDoctor(true, "");
    }
    if (++m.doctorTries > kDoctorTries) return endDoctor(true, "weeks differ again and again");
    m.repairs = outcome.differing;
}

void Machine::repaired(const FetchOutcome& outcome) {
    const auto bucket = m.repairing;
    m.repairing.reset();
    if (!m.cursor || outcome.state.cursor != *m.cursor || !bucket) {
        m.fetchNeeded = true;  // the changes first, then once more
        if (++m.doctorTries > kDoctorTries)
            endDoctor(false, "the datastore changes too fast to be compared; try again later");
        return;
    }
    m_actions.writes.push_back(
        CommitFetch{FetchKind::kRepair, scopeOf(*bucket), outcome.state, false});
    m.repairs.pop_back();
}

}  // namespace hashira::engine

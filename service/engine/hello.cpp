// SPDX-License-Identifier: MIT
#include "engine/machine.h"

#include "base/limits.h"
#include "engine/fetch_check.h"
#include "model/uuid.h"

#include <cstdlib>
#include <set>
#include <utility>

namespace hashira::engine {
namespace {

/// A measured offset is worth keeping from here on: less is the network's delay.
constexpr std::int64_t kOffsetMs = 2'000;

/// Whether what the datastore tells of a device id is a beginning of what we have of it.
bool sameHistory(const DeviceSync& ours, const sync::DeviceState& theirs,
                 const std::optional<Hash>& hash) {
    return theirs.last <= ours.highest && hash && *hash == theirs.hash;
}

}  // namespace

void Machine::on(const HelloCame& event) {
    if (!current(event.session) || m.phase != Phase::kGreeting) return;
    const sync::Hello& hello = event.hello;
    if (const Status good = check(hello); !good)
        return drop(good.error(), front::WaitingFor::kDatastore);
    if (!m.account.empty() && m.account != hello.account) {
        drop({ErrorCode::kPrecondition,
              "these tasks belong to another account than the token's: use the token of account " +
                  m.account + ", or another data directory"},
             front::WaitingFor::kAccount);
        return;
    }
    if (m.account.empty()) {
        m.account = hello.account;
        m_actions.writes.push_back(Adopt{hello.account});
    }
    m.phase = Phase::kReady;
    m.readySinceMs = m_input.steadyMs;
    m.sessionIncarnation = hello.incarnation;
    m.datastoreVersion = words(hello.version, limits::kVersionTextBytes);
    m.remoteVersion = hello.cursor.version;
    m.ownVersion = hello.cursor.version;
    m.othersWrote = m.cursor != hello.cursor;
    m.waitingFor = front::WaitingFor::kNothing;
    if (std::exchange(m.tryAnyway, false)) m.hintWrong = m.network.reach == Reach::kNone;
    measureClock(hello.timeMs);

    bool setBack = m.cursor && (!hello.cursorKnown || hello.cursor.version < m.cursor->version);
    if (!m.incarnation.empty() && m.incarnation != hello.incarnation) setBack = true;
    for (const sync::DeviceState& theirs : hello.devices) {
        const auto local = event.local.find(theirs.device);
        if (local != event.local.end()) meet(theirs.device, theirs, local->second, setBack);
    }
    m.pushNeeded = setBack;
    // After a long time away the kept weeks are less than all that changed since.
    if (setBack || (m.cursor && hello.cursorOld)) m.windowNeeded = true;
    if (!m.cursor || m.cursor->version != hello.cursor.version) m.fetchNeeded = true;
}

/// What no datastore says, whatever its history. It must not lead to a fork, a push or a clock.
Status Machine::check(const sync::Hello& hello) const {
    const auto lie = [](const std::string& what) {
        return Error{ErrorCode::kInternal, "the datastore's hello " + what};
    };
    if (!isUuid(hello.account)) return lie("names no account");
    if (hello.incarnation.empty() || hello.incarnation.size() > limits::kCursorTokenBytes)
        return lie("names no history");
    if (const Status good = checkCursor(hello.cursor); !good) return good;
    if (!isPlausibleTime(hello.timeMs))
        return lie("tells a clock that is wrong by years: it must be set, by whoever runs it");
    std::set<std::string> told;
    for (const sync::DeviceState& theirs : hello.devices) {
        if (m.devices.count(theirs.device) == 0 || !told.insert(theirs.device).second)
            return lie("is not of our device ids");
        if (theirs.hash.size() != chainStart().size() || theirs.last > limits::kVersionMost)
            return lie("tells a history that is none");
    }
    return told.size() == m.devices.size() ? Status() : Status(lie("is not of our device ids"));
}

void Machine::meet(const std::string& device, const sync::DeviceState& theirs,
                   const LocalHistory& local, bool& setBack) {
    const auto found = m.devices.find(device);
    if (found == m.devices.end()) return;
    DeviceSync& ours = found->second;
    if (theirs.last < ours.confirmed) setBack = true;
    if (!sameHistory(ours, theirs, local.hash)) {
        // An old device id that a clone went on with, and nothing of ours waits there.
        const bool overtaken = theirs.last > ours.highest && ours.highest <= ours.confirmed;
        if (!ours.current && overtaken) return;
        fork(device, local);
    } else if (theirs.last < ours.confirmed) {
        m_actions.writes.push_back(Unconfirm{device, theirs.last});
        ours.confirmed = theirs.last;
    } else if (theirs.last > ours.confirmed) {
        Confirm confirm{device, theirs.last, false, {}};
        for (const sync::Refusal& refusal : theirs.refusals)
            if (refusal.number > ours.confirmed && refusal.number <= theirs.last)
                confirm.refusals.push_back(refusal);
        for (sync::Refusal& refusal : confirm.refusals)
            refusal.reason = words(refusal.reason, limits::kReasonBytes);
        m_actions.writes.push_back(std::move(confirm));
        ours.confirmed = theirs.last;
    }
}

void Machine::fork(const std::string& device, const LocalHistory& local) {
    m_actions.writes.push_back(Fork{device, local.fresh});
    m.devices.erase(device);
    m.covered.erase(device);
    for (auto& [id, other] : m.devices) other.current = false;
    m.devices[local.fresh] = {0, 0, true};
    m.forking.insert(local.fresh);
}

void Machine::on(const Forked& event) {
    if (m.forking.erase(event.fresh) == 0) return;
    m.devices[event.fresh].highest = event.highest;
}

void Machine::measureClock(std::int64_t datastoreMs) {
    std::int64_t offset = datastoreMs - m_input.wallMs;
    if (std::llabs(offset) < kOffsetMs) offset = 0;
    if (std::llabs(offset - m.clockOffsetMs) < kOffsetMs && offset != 0) return;
    if (offset == m.clockOffsetMs) return;
    m.clockOffsetMs = offset;
    m_actions.writes.push_back(SetClockOffset{offset});
}

}  // namespace hashira::engine

// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include "base/limits.h"
#include "model/json.h"

#include <algorithm>
#include <utility>

// What must hold in each step, and what must hold when faults have stopped.
namespace hashira::sim {
namespace {

/// Rounds of delivering everything until nothing happens any more; each is at most an hour of the
/// world.
constexpr int kRounds = 400;

/// A pause, and that there is said to be no network, are told and have an end: nothing else may
/// keep a pending command waiting without a timer.
bool hasReasonToWait(const engine::State& state, bool timer) {
    if (state.pause.paused)
        return timer && engine::connectivity(state) == front::Connectivity::kPaused;
    return state.network.reach == Reach::kNone && state.phase == engine::Phase::kIdle &&
           state.waitingFor == front::WaitingFor::kNetwork &&
           engine::connectivity(state) == front::Connectivity::kOffline;
}

}  // namespace

void World::checkSafety(SimDevice& device) {
    if (!device.running() || device.dead() || device.core().unread()) return;
    device.fallible().setPaused(true);
    checkFiles(device);
    device.fallible().setPaused(false);
}

void World::checkFiles(SimDevice& device) {
    daemon::Core& core = device.core();
    const std::string who = "device " + std::to_string(device.index) + ": ";
    for (const std::string& problem : std::exchange(device.violations, {})) violate(who + problem);
    for (const std::string& problem : std::exchange(m_datastore.violations, {})) violate(problem);
    // The view is base merged with what is not covered, for every task of store and outbox.
    std::set<std::string> ids;
    (void)core.documents().each({0}, {},
                                [&](const store::Record& record) { ids.insert(record.id); });
    if (const auto tasks = core.outbox().changedSince(0)) ids.insert(tasks->begin(), tasks->end());
    // But for tasks that the document store owes, and knows that it does.
    const auto owed = checkOwed(device);
    for (const std::string& id : owed) ids.erase(id);
    for (const std::string& id : ids) {
        const auto good = core.views().consistent(id);
        if (!good || !*good) violate(who + "the view of " + id + " is not base and overlay");
    }
    checkMirrors(device);
    if (owed.empty()) {
        checkShelf(device);
        checkOwnChanges(device);
    }
    checkEngine(device);
}

void World::checkEngine(SimDevice& device) {
    daemon::Core& core = device.core();
    const std::string who = "device " + std::to_string(device.index) + ": ";
    // The engine's mirror is what is on disk.
    const auto devices = core.outbox().devices();
    if (!devices) return violate(who + devices.error().message);
    for (const store::Device& row : *devices) {
        const auto mirror = core.engineState().devices.find(row.device);
        if (mirror == core.engineState().devices.end() ||
            mirror->second.confirmed != row.confirmed || mirror->second.highest != row.highest ||
            mirror->second.current != row.current)
            violate(who + "the engine's mirror of " + row.device + " is not the outbox's");
    }
    if (devices->size() != core.engineState().devices.size())
        violate(who + "the engine knows other device ids");
    // Cursors only grow, but for a side that was set back.
    const Features& f = m_options.features;
    if (!f.datastoreRestore && !f.deviceRestore && !f.powerCuts && core.views().base().cursor) {
        std::uint64_t& last = m_lastCursor[device.index];
        if (core.views().base().cursor->version < last) violate(who + "the cursor went back");
        last = core.views().base().cursor->version;
    }
    // A pending command implies a timer that runs: a retry, a deadline or the next sync. The turn
    // of the day alone would be none.
    const std::int64_t latest = m_time.ms + limits::kBackoffMostMs;
    if (hasReasonToWait(core.engineState(), device.nextWakeMs.has_value())) return;
    if (core.engineState().pending() > 0 && (!device.nextWakeMs || *device.nextWakeMs > latest))
        violate(who + "pending, and no timer runs");
}

void World::heal() {
    note("faults stop");
    m_noFaults = true;
    m_datastore.skewMs = 0;
    for (auto& device : m_devices) {
        device->clock.skewMs = 0;
        device->fallible().heal();
        if (device->dead()) reboot(*device, false);
        device->arm(0, false);
    }
    // Each device looks at its clock at every timer, so at the latest a sync interval after it was
    // set right.
    m_time.ms += 60'000;
    if (m_options.features.retentionMs > 0) sweepDatastore();
    for (auto& device : m_devices) {
        device->core().wake();
        // Any other word on the network may be wrong for ever.
        if (device->core().engineState().network.reach == Reach::kNone)
            device->core().networkChanged({});
        // Its end may be years away by a clock that is right again.
        if (m_options.features.clocks) device->core().pause({false}, [](const auto&) {});
    }
    for (int round = 0; round < kRounds; ++round) {
        deliverAll();
        if (atRest()) return;
        // On to the next timer.
        std::int64_t next = m_time.ms + 3'600'000;
        for (auto& device : m_devices)
            if (device->nextWakeMs) next = std::min(next, *device->nextWakeMs);
        m_time.ms = std::max(next, m_time.ms + 1);
        wakeDue();
    }
    for (auto& device : m_devices) {
        const engine::State& state = device->core().engineState();
        violate("device " + std::to_string(device->index) + " does not come to rest: " +
                state.lastError + ", pending " + std::to_string(state.pending()));
    }
}

void World::deliverAll() {
    for (int i = 0; i < 5'000 && !m_network.packets.empty(); ++i) {
        Packet packet = std::move(m_network.packets.front());
        m_network.packets.erase(m_network.packets.begin());
        if (packet.toServer)
            toServer(std::move(packet));
        else
            answer(std::move(packet));
    }
}

bool World::atRest() {
    if (!m_network.packets.empty()) return false;
    return std::all_of(m_devices.begin(), m_devices.end(), [this](const auto& device) {
        const engine::State& state = device->core().engineState();
        return state.phase == engine::Phase::kReady && state.call == engine::Call::kNone &&
               state.pending() == 0 && state.cursor &&
               state.cursor->version == m_datastore.version();
    });
}

void World::checkConvergence() {
    if (!m_outcome.violations.empty()) return;
    const auto ledger = m_datastore.documents();
    for (auto& device : m_devices) {
        checkSafety(*device);
        checkDevice(*device, ledger);
    }
    checkAcked(ledger);
    checkPlaces(ledger);
    checkRestored(ledger);
    // And the doctor finds nothing.
    for (auto& device : m_devices) {
        bool answered = false;
        device->core().doctor([&](const Result<front::DoctorReport>& report) {
            answered = true;
            if (!report || !report->healthy || !report->datastoreAsked ||
                report->weeksDiffered != 0)
                violate("device " + std::to_string(device->index) + ": the doctor is not content" +
                        (report && !report->findings.empty() ? ": " + report->findings.front()
                                                             : std::string()));
        });
        deliverAll();
        if (!answered)
            violate("device " + std::to_string(device->index) + ": the doctor does not answer");
    }
}

void World::checkDevice(SimDevice& device, const std::map<std::string, VersionedDocument>& ledger) {
    const std::string who = "device " + std::to_string(device.index) + ": ";
    store::Documents& documents = device.core().documents();
    const sync::Scope& window = device.core().engineState().window;
    std::size_t inWindow = 0;
    for (const auto& [id, theirs] : ledger) {
        const bool kept = window.contains(theirs.document.bucket());
        inWindow += kept;
        const auto record = documents.record(id);
        if (!record) return violate(who + record.error().message);
        if (!kept) {
            if (*record)
                violate(who + "keeps " + id + " of week " + theirs.document.bucket().text());
            continue;
        }
        if (!*record) {
            violate(who + "lacks " + id);
        } else if (!((*record)->base() == theirs.document) ||
                   (*record)->version != theirs.version) {
            violate(who + "has another base of " + id);
        } else if (!((*record)->view == theirs.document) || (*record)->pending) {
            violate(who + "shows another view of " + id);
        }
    }
    const auto count = documents.count();
    if (count && *count != inWindow)
        violate(who + "has " + std::to_string(*count) + " documents, the ledger " +
                std::to_string(inWindow));
}

void World::checkAcked(const std::map<std::string, VersionedDocument>& ledger) {
    for (const auto& [id, acked] : m_acked) {
        bool held = false;
        for (auto& device : m_devices) {
            const auto row = device->core().outbox().find(id);
            held |= row && *row && (*row)->state == store::CommandState::kRejected;
        }
        if (held || acked.mayBeLost) continue;
        const auto lost = [&](const std::string& how) {
            violate("the acknowledged command " + id + " of device " +
                    std::to_string(acked.device) + how);
        };
        const auto found = ledger.find(acked.task);
        if (!m_datastore.applied().contains(id))
            lost(" is lost");
        else if (m_mayBeForgotten.contains(acked.task))
            continue;
        else if (found == ledger.end() || !inEffect(id, acked, found->second.document))
            lost(" has no effect");
    }
}

/// Whether each field that the command sets has its value or a greater one. Of a task that was
/// swept only the deletion and the place are sure to be there.
bool World::inEffect(const std::string& id, const Acked& acked, const Document& document) const {
    const auto& stamps = m_datastore.applied().at(id);
    return std::any_of(stamps.begin(), stamps.end(), [&](const std::string& text) {
        const Stamp stamp = *Stamp::parse(text);
        return std::all_of(acked.fields.begin(), acked.fields.end(), [&](const FieldValue& field) {
            const StampedField* held = document.find(field.name);
            if (!staysWhenSwept(field.name) && m_datastore.swept().contains(document.id))
                return true;
            return held != nullptr &&
                   std::pair(held->stamp, held->value) >= std::pair(stamp, field.value);
        });
    });
}

void World::checkRestored(const std::map<std::string, VersionedDocument>& ledger) {
    // Where clocks lie, or nothing is kept for a day, a restored task may be one that is hidden.
    const Features& f = m_options.features;
    if (f.clocks || f.datastoreClock || f.retentionMs < limits::kRestoredBareMs) return;
    for (const auto& [id, acked] : m_acked) {
        const auto found = ledger.find(acked.task);
        if (found == ledger.end() || acked.mayBeLost ||
            m_datastore.restoredBare().contains(acked.task) ||
            m_mayBeForgotten.contains(acked.task))
            continue;
        const Document& document = found->second.document;
        if (m_datastore.swept().contains(acked.task) && !document.deleted() && !document.hasName())
            violate("the task " + acked.task + " was restored without what was in it");
    }
}

/// Place, rank, started and done are written together, so no merge can mix halves of two moves.
void World::checkPlaces(const std::map<std::string, VersionedDocument>& ledger) {
    for (const auto& [id, row] : ledger) {
        const Document& document = row.document;
        const StampedField* place = document.find("place");
        if (place == nullptr || m_datastore.swept().contains(id)) continue;
        const StampedField* rank = document.find("rank");
        const bool done = document.value("done") != "null";
        const bool isDone = place->value == "\"done\"";
        const bool started = document.value("started") != "null";
        if (done != isDone || (!isDone && started != (place->value == "\"doing\"")))
            violate("the task " + id + " is a mixture of two places");
        if (rank == nullptr || rank->stamp < place->stamp)
            violate("the task " + id + " came to its place without a rank");
    }
}

}  // namespace hashira::sim

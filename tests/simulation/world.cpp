// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include "model/json.h"
#include "model/moment.h"
#include "model/uuid.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace hashira::sim {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

}  // namespace

Features featuresOf(std::uint64_t seed) {
    Features features;
    switch (seed % 8) {
        case 0: break;
        case 1: features.clocks = true; break;
        case 2: features.powerCuts = true; break;
        case 3: features.datastoreRestore = true; break;
        case 4: features.deviceRestore = features.clones = true; break;
        case 5: features.clocks = features.powerCuts = features.datastoreRestore = true; break;
        case 6:
            features.datastoreRestore = features.deviceRestore = features.powerCuts = true;
            break;
        default:
            features.clocks = features.datastoreClock = features.powerCuts =
                features.datastoreRestore = features.deviceRestore = features.clones = true;
    }
    features.disks = seed / 8 % 2 == 1;
    // None of the kept seeds: their stories stay.
    features.network = seed % 7 == 4 || seed % 7 == 6;
    // At once, or after some days; none of the kept seeds.
    if (seed % 11 == 3) features.retentionMs = kMinute;
    if (seed % 11 == 7 || seed % 11 == 9) features.retentionMs = 3 * kDay;
    return features;
}

World::World(const Options& options)
    : m_options(options),
      m_chance(options.seed),
      m_sweeps(options.seed + 1),
      m_exchange(m_time, options.seed * 7 + 1),
      m_network(m_exchange.network),
      m_datastore(m_exchange.datastore) {
    m_network.dead = [this](int device) {
        return device < static_cast<int>(m_devices.size()) &&
               m_devices[static_cast<std::size_t>(device)]->dead();
    };
    m_network.baseToken = [this](int device) {
        const auto& cursor =
            m_devices[static_cast<std::size_t>(device)]->core().views().base().cursor;
        return cursor ? cursor->token : std::string();
    };
    const Features& f = options.features;
    // A command may honestly take effect under two stamps where a restored side forgot that it was
    // accepted and a lying clock then had it restamped.
    m_datastore.noDoubles = !f.clocks || !(f.datastoreRestore || f.deviceRestore || f.clones);
    for (int i = 0; i < 3; ++i) {
        SimDevice& device = addDevice();
        if (const std::string problem = device.start(); !problem.empty()) violate(problem);
    }
    m_backup = m_datastore.backup();
}

SimDevice& World::addDevice() {
    const int index = static_cast<int>(m_devices.size());
    m_devices.push_back(std::make_unique<SimDevice>(
        index, m_options.directory + "/d" + std::to_string(index), m_time, m_network,
        m_options.seed * 1'000 + static_cast<std::uint64_t>(index)));
    m_devices.back()->readsOften = m_options.features.disks;
    m_devices.back()->looksAtNetwork = m_options.features.network;
    return *m_devices.back();
}

void World::violate(const std::string& what) {
    note("VIOLATION " + what);
    m_outcome.violations.push_back(what);
}

void World::note(const std::string& what) {
    for (const char c : what)
        m_outcome.trace = (m_outcome.trace ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    if (m_options.verbose)
        std::fprintf(stderr, "%6llu %s\n", static_cast<unsigned long long>(m_outcome.steps),
                     what.c_str());
}

Outcome World::run() {
    for (int i = 0; i < m_options.steps && m_outcome.violations.empty(); ++i) step();
    if (m_outcome.violations.empty()) {
        heal();
        checkConvergence();
    }
    return m_outcome;
}

// --- what happens ---

void World::step() {
    ++m_outcome.steps;
    const Features& f = m_options.features;
    // Mostly less than an answer takes: a world in which every call times out shows little.
    m_time.ms += m_chance.below(m_chance.percent(5) ? 90'000 : 1'500);
    if (f.weeks && m_chance.percent(1)) m_time.ms += m_chance.below(10) * kDay;
    SimDevice& device =
        *m_devices[static_cast<std::size_t>(m_chance.below(static_cast<int>(m_devices.size())))];
    wakeDue();
    const int x = m_chance.below(1000);
    if (x < 130) {
        sendCommands(device);
    } else if (x < 830) {
        deliverOne();
    } else if (x < 860) {
        if (f.crashes) device.arm(1 + m_chance.below(100), m_chance.percent(50));
    } else if (x < 880) {
        if (f.crashes) reboot(device, f.powerCuts && m_chance.percent(60));
    } else if (x < 900) {
        if (device.link() && !device.dead()) {
            note("cut " + std::to_string(device.index));
            device.link()->cut();
        }
    } else if (x < 915) {
        device.core().syncNow([](const auto&) {});
    } else if (x < 935) {
        if (f.clocks)
            device.clock.skewMs =
                m_chance.pick<std::int64_t>({0, 0, 5 * kMinute, -5 * kMinute, 90 * kMinute,
                                             2 * kDay, 400 * kDay, -400 * kDay, 2000 * kDay});
    } else if (x < 940) {
        if (f.datastoreClock)
            m_datastore.skewMs =
                m_chance.pick<std::int64_t>({0, 0, 5 * kMinute, -5 * kMinute, 90 * kMinute});
    } else if (x < 955) {
        retryOrDiscard(device);
    } else if (x < 975) {
        takeBackup();
    } else if (x < 985) {
        if (f.datastoreRestore) restoreDatastore();
    } else if (x < 992) {
        if (f.deviceRestore) restoreDevice(device);
    } else if (x < 994) {
        if (f.clones && m_devices.size() < 5) cloneDevice(device);
    } else if (x < 995) {
        device.core().doctor([](const auto&) {});
    } else {
        forgetCovered(device);
    }
    if (f.network && m_chance.percent(8)) changeNetwork(device);
    if (f.retentionMs > 0 && m_sweeps.percent(4)) sweepDatastore();
    if (f.disks && m_chance.percent(4)) breakDisk(device);
    for (auto& each : m_devices)
        if (each->fallible().faulty() && m_chance.percent(4)) {
            note("disk " + std::to_string(each->index) + " heals");
            each->fallible().heal();
        }
    for (auto& each : m_devices)
        if (each->dead()) reboot(*each, f.powerCuts && m_chance.percent(50));
    if (m_options.checkAlways || m_outcome.steps % 10 == 0)
        for (auto& each : m_devices) checkSafety(*each);
}

void World::wakeDue() {
    for (auto& device : m_devices) {
        if (device->dead() || !device->nextWakeMs || *device->nextWakeMs > m_time.ms) continue;
        device->nextWakeMs.reset();
        device->core().wake();
    }
}

Draft World::makeDraft(SimDevice& device) {
    Draft draft;
    draft.commandId = makeUuidV7(m_time.ms, *std::make_unique<SimRandom>(m_chance.next()));
    std::vector<std::string> known;
    (void)device.core().documents().each(
        {0}, {}, [&](const store::Record& record) { known.push_back(record.id); });
    const std::string text = json::quoted("v" + std::to_string(++m_counter));
    if (known.empty() || m_chance.percent(35)) {
        draft.what = What::kNew;
        draft.fields = {{"name", text}};
        if (!known.empty() && m_chance.percent(10)) draft.taskId = m_chance.pick(known);
        if (m_chance.percent(40))
            draft.fields.push_back({"place", json::quoted(placeName(m_chance.pick<Place>(
                                                 {Place::kTodo, Place::kDoing, Place::kDone})))});
        if (m_chance.percent(20)) draft.fields.push_back({"x-unknown", "12345678901234567890.50"});
        return draft;
    }
    draft.what = What::kUpdate;
    draft.taskId = m_chance.pick(known);
    switch (m_chance.below(8)) {
        case 0: draft.fields = {{"name", text}}; break;
        case 1: draft.fields = {{"note", text}}; break;
        case 2: draft.fields = {{"labels", "[" + text + "]"}, {"note", "null"}}; break;
        case 3:
        case 4: {
            const Place place =
                m_chance.pick<Place>({Place::kBacklog, Place::kTodo, Place::kDoing, Place::kDone});
            draft.fields = {{"place", json::quoted(placeName(place))}};
            if (place == Place::kDone && m_chance.percent(40)) {
                const std::int64_t at = m_time.ms - m_chance.below(30) * 7 * kDay;
                draft.fields.insert(draft.fields.begin(),
                                    {"done", json::quoted(formatMoment(at, 60))});
            }
            break;
        }
        case 5: draft.after = m_chance.pick(known); break;
        case 6:
            draft.what = What::kDelete;
            draft.fields = {{"deleted", "true"}};
            break;
        default: draft.fields = {{"deleted", "false"}};
    }
    return draft;
}

std::vector<Draft> World::makeSend(SimDevice& device, bool& fresh) {
    const std::vector<Draft>& sent = m_sent[device.index];
    std::vector<Draft> drafts;
    const int size = 1 + m_chance.below(3);
    for (int i = 0; i < size; ++i) {
        if (!sent.empty() && m_chance.percent(5)) {
            drafts.push_back(m_chance.pick(sent));
            fresh = false;
            continue;
        }
        drafts.push_back(makeDraft(device));
        if (!m_options.features.refusals || !m_chance.percent(6)) continue;
        m_exchange.refuse.insert(drafts.back().commandId);
        m_refusedEver.insert(drafts.back().commandId);
    }
    note("send " + std::to_string(device.index) + " x" + std::to_string(drafts.size()));
    return drafts;
}

void World::sendCommands(SimDevice& device) {
    std::vector<Sent> sends(static_cast<std::size_t>(1 + m_chance.below(3)));
    std::vector<daemon::Core::SendJob> jobs;
    for (Sent& sent : sends) {
        sent.drafts = makeSend(device, sent.fresh);
        jobs.push_back({sent.drafts, [this, &device, &sent](const Result<front::SendReply>& reply) {
                            takeReply(device, sent, reply);
                        }});
    }
    device.core().send(std::move(jobs));
    for (const Sent& sent : sends) remember(device, sent);
    if (device.dead()) return;
    device.fallible().setPaused(true);
    checkSent(device, sends);
    device.fallible().setPaused(false);
}

void World::takeReply(SimDevice& device, Sent& sent, const Result<front::SendReply>& reply) {
    if (device.dead()) return;  // the answer never left the machine
    if (!reply) {
        if (reply.error().code == ErrorCode::kInvalid) return;
        if (!device.fallible().faulty() || reply.error().code != ErrorCode::kDiskFull)
            violate("a Send failed: " + reply.error().message);
        if (m_chance.percent(50)) m_sent[device.index].push_back(sent.drafts.front());
        return;
    }
    sent.answered = true;
    sent.receipts = reply->receipts;
}

void World::remember(SimDevice& device, const Sent& sent) {
    if (!sent.answered) return;
    m_sent[device.index].push_back(sent.drafts.front());
    for (const front::Receipt& receipt : sent.receipts) {
        if (receipt.rejected || m_acked.contains(receipt.commandId)) continue;
        Acked& acked = m_acked[receipt.commandId] = {device.index, receipt.taskId, {}, false};
        const auto row = device.core().outbox().find(receipt.commandId);
        if (!row || !*row) continue;
        if (const auto effect = effectOf((*row)->command.what, (*row)->command.payload))
            acked.fields = effect->fields;
    }
}

void World::retryOrDiscard(SimDevice& device) {
    const auto list = device.core().listRejected();
    if (!list || list->empty()) return;
    const std::string id = m_chance.pick(*list).command.commandId;
    if (m_chance.percent(60)) {
        if (m_chance.percent(50)) m_exchange.refuse.erase(id);
        note("retry " + id);
        (void)device.core().retryRejected(id);
    } else {
        note("discard " + id);
        // One that failed half-way may be on disk all the same, and found there after a restart.
        const bool discarded = device.core().discardRejected(id).ok();
        if (discarded || device.dead() || device.fallible().faulty()) m_acked.erase(id);
    }
}

void World::forgetCovered(SimDevice& device) {
    if (device.dead()) return;
    // Nobody sends a command again that the log no longer knows.
    m_sent.erase(device.index);
    note("prune " + std::to_string(device.index));
    daemon::Core& core = device.core();
    const Status done = core.prune(m_time.ms * 2, core.outbox().change(), 1'000);
    device.settle();
    if (!done && !device.dead() && !device.fallible().faulty()) violate("pruning failed");
}

void World::deliverOne() {
    if (m_network.packets.empty()) return;
    const auto at =
        static_cast<std::size_t>(m_chance.below(static_cast<int>(m_network.packets.size())));
    Packet packet = std::move(m_network.packets[at]);
    m_network.packets.erase(m_network.packets.begin() + static_cast<std::ptrdiff_t>(at));
    if (!m_noFaults && m_chance.percent(7)) {
        note("lost");
        return;
    }
    if (packet.toServer)
        toServer(std::move(packet));
    else
        answer(std::move(packet));
}

void World::answer(Packet packet) {
    if (m_network.dead(packet.device)) return;
    note("deliver to " + std::to_string(packet.device));
    if (!m_noFaults && !packet.fetched.empty() && m_chance.percent(10)) {
        packet.fetched.clear();
        packet.failed = Error{ErrorCode::kUnavailable, "cut in the middle"};
    }
    m_exchange.answer(std::move(packet));
}

void World::toServer(Packet packet) {
    if (!m_noFaults && m_chance.percent(8)) {
        Packet again = packet;
        again.repeated = true;
        m_network.packets.push_back(std::move(again));
    }
    const std::uint64_t before = m_datastore.version();
    if (const std::string problem = m_exchange.serve(packet); !problem.empty()) violate(problem);
    if (m_datastore.version() < before) violate("the datastore's version went back");
    note("serve " + std::to_string(packet.device) + " v" + std::to_string(m_datastore.version()));
}

void World::reboot(SimDevice& device, bool power) {
    note("reboot " + std::to_string(device.index) + (power ? " power" : ""));
    device.kill(power, m_chance);
    if (m_options.features.disks && !m_noFaults && m_chance.percent(5) && forgive(device)) {
        note("damaged");
        device.damageDocuments();
    }
    // It can die again while it starts, or not start for as long as its disk fails.
    if (m_options.features.crashes && !m_noFaults && m_chance.percent(20))
        device.arm(1 + m_chance.below(40), m_chance.percent(50));
    for (;;) {
        const std::string problem = device.start();
        if (problem.empty()) return;
        const bool faulty = device.fallible().faulty();
        note("no start: " + problem.substr(problem.rfind('/') + 1));
        if (!faulty && !device.dead()) return violate(problem);
        device.fallible().heal();
        device.kill(power && m_chance.percent(50), m_chance);
    }
}

/// What the log has forgotten, or let go of at a fork, is in the base alone: a device whose base is
/// damaged cannot give it back to a datastore that is set back behind it.
bool World::forgive(SimDevice& device) {
    const bool readable = device.start().empty();
    if (readable)
        for (auto& [id, entry] : m_acked) {
            const auto row = device.core().outbox().find(id);
            if (entry.device == device.index && row && (!*row || (*row)->number == 0))
                entry.mayBeLost = true;
        }
    device.kill(false, m_chance);
    return readable;
}

/// What is said of the network has nothing to do with what works: each word may be wrong, and may
/// stay for long.
void World::changeNetwork(SimDevice& device) {
    const int x = m_chance.below(10);
    if (x < 7) {
        const NetworkHint hint{
            m_chance.pick<Reach>({Reach::kUnknown, Reach::kNone, Reach::kNone, Reach::kPortal,
                                  Reach::kLocal, Reach::kSite, Reach::kOnline, Reach::kOnline}),
            m_chance.percent(30)};
        note("network " + std::to_string(device.index) + " " +
             std::to_string(static_cast<int>(hint.reach)) + (hint.metered ? " metered" : ""));
        device.core().networkChanged(hint);
    } else if (x < 8) {
        note("sleep " + std::to_string(device.index));
        m_time.ms += m_chance.below(20) * kMinute;
        device.core().machineWoke();
    } else {
        const std::int64_t untilMs = device.clock.nowMs() + 1 + m_chance.below(20) * kMinute;
        note("pause " + std::to_string(device.index));
        device.core().pause({true, untilMs}, [](const auto&) {});
    }
}

void World::breakDisk(SimDevice& device) {
    using Fault = test::ForgetfulDisk::Fault;
    const auto fault = m_chance.pick<Fault>({Fault::kFull, Fault::kFull, Fault::kReads,
                                             Fault::kWrites, Fault::kSyncs, Fault::kTruncates});
    const auto files = m_chance.pick<std::string>({"", "outbox.db", "documents.db"});
    const int skip = m_chance.percent(50) ? 0 : m_chance.below(30);
    const int count = m_chance.pick<int>({1, 1, 3, 1'000'000});
    note("disk " + std::to_string(device.index) + " fails " +
         std::to_string(static_cast<int>(fault)) + " " + files + " " + std::to_string(skip) + " " +
         std::to_string(count));
    device.fallible().fail(fault, files, skip, count);
}

void World::takeBackup() {
    if (m_chance.percent(40)) m_backup = m_datastore.backup();
    if (!m_options.features.deviceRestore) return;
    for (auto& device : m_devices) {
        if (m_chance.percent(50)) continue;
        std::set<std::string> acked;
        for (const auto& [id, entry] : m_acked) acked.insert(id);
        m_diskBackups[device->index] = {device->disk(), std::move(acked)};
    }
}

void World::restoreDatastore() {
    note("datastore restored");
    // Old weeks are the datastore's alone, also those of a device that has not heard that a task
    // was taken up again.
    m_mayBeForgotten.insert(m_datastore.onceClosed().begin(), m_datastore.onceClosed().end());
    if (m_chance.percent(70))
        m_datastore.restore(m_backup);
    else
        m_datastore.wipe();
    // A datastore is restored while it is down: all its calls break.
    m_network.packets.clear();
    for (auto& device : m_devices)
        if (device->link() && !device->dead()) device->link()->cut();
}

void World::sweepDatastore() {
    const std::uint64_t before = m_datastore.version();
    if (const Status swept = m_datastore.sweep(m_options.features.retentionMs); !swept)
        violate("sweep: " + swept.error().message);
    note("swept v" + std::to_string(m_datastore.version()));
    if (m_datastore.version() != before) m_exchange.broadcast();
}

void World::restoreDevice(SimDevice& device) {
    const auto backup = m_diskBackups.find(device.index);
    if (backup == m_diskBackups.end()) return;
    note("device restored " + std::to_string(device.index));
    for (auto& [id, entry] : m_acked)
        if (!backup->second.second.contains(id)) entry.mayBeLost = true;
    m_sent.erase(device.index);
    m_acceptedStamps.erase(device.index);
    device.kill(false, m_chance);
    device.fallible().heal();
    device.setDisk(backup->second.first);
    if (const std::string problem = device.start(); !problem.empty()) violate(problem);
}

void World::cloneDevice(SimDevice& device) {
    note("device cloned " + std::to_string(device.index));
    const Disk disk = device.disk();
    SimDevice& clone = addDevice();
    clone.setDisk(disk);
    if (const std::string problem = clone.start(); !problem.empty()) violate(problem);
}

}  // namespace hashira::sim

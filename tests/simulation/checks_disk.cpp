// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include <algorithm>
#include <utility>

// What must hold on a disk that fails: what the core has in memory is what is on disk.
namespace hashira::sim {
namespace {

/// The tasks of a snapshot as a front end gets them.
std::string bodies(const wire::WeekSnapshot& snapshot) {
    std::string all;
    for (const auto& piece : snapshot.pieces(true)) all += piece->body(true);
    return all;
}

}  // namespace

std::vector<std::string> World::checkOwed(SimDevice& device) {
    daemon::Core& core = device.core();
    const std::string who = "device " + std::to_string(device.index) + ": ";
    const store::BaseState memory = core.views().base();
    const auto disk = core.documents().state();
    if (!disk) {
        violate(who + disk.error().message);
        return {};
    }
    if (!(memory == *disk)) violate(who + "the base in memory is not the one on disk");
    const auto owed = core.outbox().changedSince(disk->reflected);
    if (!owed) {
        violate(who + owed.error().message);
        return {};
    }
    if (!owed->empty() && !core.owes()) violate(who + "owes views and does not know");
    return *owed;
}

void World::checkMirrors(SimDevice& device) {
    daemon::Core& core = device.core();
    store::Outbox& outbox = core.outbox();
    const auto mirrored = [&] {
        return std::tuple(outbox.clock(), outbox.clockOffsetMs(), outbox.currentDevice(),
                          outbox.currentHighest(), outbox.change());
    };
    const auto before = mirrored();
    const std::string who = "device " + std::to_string(device.index) + ": ";
    if (!outbox.reload()) return violate(who + "the outbox cannot be read");
    if (before != mirrored()) violate(who + "the outbox in memory is not the one on disk");
    if (core.engineState().account != outbox.account() ||
        core.engineState().pause != outbox.pause() ||
        core.engineState().clockOffsetMs != outbox.clockOffsetMs())
        violate(who + "the engine's account, pause or clock is not the outbox's");
    const store::BaseState& base = core.views().base();
    if (core.engineState().covered != base.covered || core.engineState().cursor != base.cursor)
        violate(who + "the engine's cursor or covered numbers are not the store's");
    const auto rejected = outbox.countRejected();
    if (!rejected || *rejected != core.status().rejected)
        violate(who + "the number of rejected commands is not the outbox's");
}

void World::checkShelf(SimDevice& device) {
    daemon::Core& core = device.core();
    const auto shelf = core.shelf();
    std::map<Week, std::vector<wire::SnapshotTask>> weeks;
    for (const auto& [week, snapshot] : shelf->weeks) weeks[week];
    (void)core.documents().each({0}, {}, [&](const store::Record& record) {
        const Bucket bucket = record.view.bucket();
        const Week week = bucket.open() ? shelf->current : std::min(bucket.week(), shelf->current);
        if (const auto found = weeks.find(week); found != weeks.end())
            found->second.push_back({record.view, record.pending});
    });
    for (auto& [week, tasks] : weeks) {
        const auto built = wire::WeekSnapshot::build(week, std::move(tasks), 1);
        if (bodies(*built) != bodies(*shelf->weeks.at(week)))
            violate("device " + std::to_string(device.index) + ": the shelf shows another week " +
                    week.text() + " than the store has");
    }
    core.buildShelf(Week{shelf->current.index - 3}, shelf->current, [](const auto&) {});
}

}  // namespace hashira::sim

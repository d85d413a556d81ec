// SPDX-License-Identifier: MIT
#include "bench/client.h"
#include "bench/process.h"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

namespace hashira::bench {
namespace {

/// What a process did in a second, on average.
struct Rate {
    double wakeUps = 0;
    double cpuMs = 0;
};

struct IdleRates {
    Rate online;
    Rate offline;
    Rate floor;
};

/// Three processes, each with a client connected that asks nothing, in the same minutes: a daemon
/// with its datastore, one whose datastore is gone, and the bare server.
IdleRates measure(const Setting& setting) {
    const std::string offlinePlace = setting.directory("idle-offline");
    const std::string place = setting.directory("idle-online");
    const Datastore datastore(setting, place);
    auto gone = std::make_unique<Datastore>(setting, offlinePlace);
    const auto online = startDaemon(setting, place, &datastore);
    const auto offline = startDaemon(setting, offlinePlace, gone.get());
    const auto floor = startFloor(setting, place);
    Client first(online->target());
    Client second(offline->target());
    Client bare(floor->target());
    first.waitSynced();
    second.waitSynced();
    bare.send({});
    gone.reset();
    const Listener firstListener(first);
    const Listener secondListener(second);
    // The measurement is of time that passes: there is no event to wait for.
    std::this_thread::sleep_for(std::chrono::seconds(setting.pick(5, 1)));
    const Child* children[] = {online.get(), offline.get(), floor.get()};
    IdleRates rates;
    Rate* found[] = {&rates.online, &rates.offline, &rates.floor};
    Activity before[3];
    for (int i = 0; i < 3; ++i) before[i] = activity(*children[i]);
    std::this_thread::sleep_for(std::chrono::duration<double>(setting.idleSeconds));
    for (int i = 0; i < 3; ++i) {
        const Activity after = activity(*children[i]);
        found[i]->wakeUps = (after.sleeps - before[i].sleeps) / setting.idleSeconds;
        found[i]->cpuMs = (after.cpuMs - before[i].cpuMs) / setting.idleSeconds;
    }
    return rates;
}

/// Measures when the first row asks; all rows are of the same minutes.
class Idle {
public:
    const IdleRates& rates(const Setting& setting) {
        if (!m_rates) m_rates = measure(setting);
        return *m_rates;
    }

private:
    std::optional<IdleRates> m_rates;
};

}  // namespace

std::vector<Bench> idleRows() {
    const auto idle = std::make_shared<Idle>();
    const auto row = [&](const char* name, const char* what, const char* unit, double goal,
                         Rate IdleRates::*state, double Rate::*figure) {
        return Bench{{name, what, unit, goal},
                     [idle, state, figure](const Setting& setting, Row& filled) {
                         const IdleRates& rates = idle->rates(setting);
                         summarise(filled, {rates.*state.*figure}, {rates.floor.*figure});
                     }};
    };
    return {
        row("idle_wakeups_online", "idle, connected: wake-ups", "1/s", 1.1, &IdleRates::online,
            &Rate::wakeUps),
        row("idle_wakeups_offline", "idle, the datastore gone: wake-ups", "1/s", 2.0,
            &IdleRates::offline, &Rate::wakeUps),
        row("idle_cpu_online", "idle, connected: processor time", "ms/s", 1.3, &IdleRates::online,
            &Rate::cpuMs),
        row("idle_cpu_offline", "idle, the datastore gone: processor time", "ms/s", 3.0,
            &IdleRates::offline, &Rate::cpuMs),
    };
}

}  // namespace hashira::bench

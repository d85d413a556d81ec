// SPDX-License-Identifier: MIT
#include "bench/child.h"
#include "bench/client.h"
#include "bench/process.h"

#include <chrono>
#include <cstdio>
#include <thread>

namespace hashira::bench {
namespace {

/// Longer than a daemon takes to come to rest (limits::kRestAfterMs).
constexpr int kRestSeconds = 15;

void start(const Setting& setting, Row& row) {
    const std::string directory = setting.directory("start");
    {
        const auto daemon = startDaemon(setting, directory);
        Client client(daemon->target());
        client.send(newTasks(setting.pick(10'000, 1'000)));
        client.status();
    }
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(15, 3); ++i) {
        std::unique_ptr<Child> child;
        floors.push_back(millisecondsOf([&] {
            child = startFloor(setting, directory);
            Client(child->target()).send({});
        }));
        child.reset();
        values.push_back(millisecondsOf([&] {
            child = startDaemon(setting, directory);
            Client(child->target()).status();
        }));
    }
    summarise(row, values, floors);
}

/// A daemon that is connected to its datastore, and a bare server, each with a client connected.
struct Idle {
    explicit Idle(const Setting& setting)
        : directory(setting.directory("idle")),
          datastore(setting, directory),
          daemon(startDaemon(setting, directory, &datastore)),
          floor(startFloor(setting, directory)),
          client(daemon->target()),
          bare(floor->target()) {
        client.waitSynced();
        bare.send({});
    }
    std::string directory;
    Datastore datastore;
    std::unique_ptr<Child> daemon;
    std::unique_ptr<Child> floor;
    Client client;
    Client bare;
};

void idleMemory(const Setting& setting, Row& row) {
    Idle idle(setting);
    const double synced = pssMb(*idle.daemon);
    const double called = pssMb(*idle.floor);
    // The measurement is of both at rest: there is no event to wait for.
    std::this_thread::sleep_for(std::chrono::seconds(setting.pick(kRestSeconds, 1)));
    summarise(row, {pssMb(*idle.daemon)}, {pssMb(*idle.floor)});
    char text[80];
    std::snprintf(text, sizeof text, "right after the sync %.1f MB, the floor after a call %.1f MB",
                  synced, called);
    row.note = text;
}

}  // namespace

std::vector<Bench> processRows() {
    return {
        {{"start", "start until the first answered call, 10,000 tasks in store", "ms", 1.3}, start},
        {{"idle_memory", "at rest, connected: memory (PSS)", "MB", 1.3}, idleMemory},
    };
}

}  // namespace hashira::bench

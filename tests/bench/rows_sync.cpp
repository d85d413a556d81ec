// SPDX-License-Identifier: MIT
#include "bench/bare_store.h"
#include "bench/child.h"
#include "bench/client.h"

namespace hashira::bench {
namespace {

/// A datastore and two daemons of one account, connected.
struct TwoDevices {
    TwoDevices(const Setting& setting, const std::string& directory)
        : datastore(setting, directory),
          daemonA(startDaemon(setting, setting.directory("device-a"), &datastore)),
          daemonB(startDaemon(setting, setting.directory("device-b"), &datastore)),
          a(daemonA->target()),
          b(daemonB->target()) {
        a.waitSynced();
        b.waitSynced();
    }
    Datastore datastore;
    std::unique_ptr<Child> daemonA;
    std::unique_ptr<Child> daemonB;
    Client a;
    Client b;
};

void backlog(const Setting& setting, Row& row) {
    constexpr int kBatch = 500;
    const int count = setting.pick(10'000, 1'000);
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(5, 2); ++i) {
        const std::string directory = setting.directory("backlog");
        BareStore store(directory);
        TwoDevices devices(setting, directory);
        devices.a.pause();
        devices.a.send(newTasks(count));
        devices.a.status();  // the core is done with what it did after the answer
        Follower follower(devices.b);
        floors.push_back(millisecondsOf([&] {
            for (int done = 0; done < 3 * count; done += kBatch) store.commit(kBatch);
        }));
        values.push_back(millisecondsOf([&] {
            devices.a.resume();
            while (follower.follow() < static_cast<std::size_t>(count)) {
            }
        }));
    }
    summarise(row, values, floors);
}

void untilTold(const Setting& setting, Row& row) {
    constexpr int kHops = 3;
    const std::string directory = setting.directory("until-told");
    TwoDevices devices(setting, directory);
    const auto floor = startFloor(setting, directory);
    Client bare(floor->target());
    BareStore store(directory);
    Follower follower(devices.b);
    const v1::SendRequest request = newTasks(1);
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(300, 10); ++i) {
        floors.push_back(millisecondsOf([&] {
            for (int hop = 0; hop < kHops; ++hop) {
                bare.send({});
                store.commit(1);
            }
        }));
        v1::SendResponse sent;
        double ms = millisecondsOf([&] {
            sent = devices.a.send(request);
            follower.hear();
        });
        // Told of this very task; a notification of something else is not the one waited for.
        for (follower.read(); !follower.knows(sent.receipts(0).task_id()); follower.read())
            ms += millisecondsOf([&] { follower.hear(); });
        values.push_back(ms);
        devices.a.waitFor(sent.receipts(0).command_id(), v1::LEVEL_VISIBLE);
    }
    summarise(row, values, floors);
}

}  // namespace

std::vector<Bench> syncRows() {
    return {
        {{"sync_backlog", "offline backlog of 10,000 commands on A until B reads all", "ms", 4.0},
         backlog},
        {{"sync_one_change", "one change on A until B's front end is told, p50", "ms", 1.5},
         untilTold},
    };
}

}  // namespace hashira::bench

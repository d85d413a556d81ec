// SPDX-License-Identifier: MIT
#include "bench/child.h"
#include "bench/client.h"

#include <QDir>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace hashira::bench {
namespace {

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

/// The number after `key` in a file of /proc.
double numberIn(const std::string& path, const std::string& key) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line))
        if (line.rfind(key, 0) == 0) return std::stod(line.substr(key.size()));
    throw Failure(path + " tells no " + key);
}

double pssMb(const Child& child) {
    return numberIn("/proc/" + std::to_string(child.pid()) + "/smaps_rollup", "Pss:") / 1024;
}

/// How often the threads of a process went to sleep until now: each was a wake-up.
double sleeps(const Child& child) {
    const QString tasks = QStringLiteral("/proc/%1/task").arg(child.pid());
    double sum = 0;
    for (const QString& task : QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        sum += numberIn((tasks + QLatin1Char('/') + task + QLatin1String("/status")).toStdString(),
                        "voluntary_ctxt_switches:");
    return sum;
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
    summarise(row, {pssMb(*idle.daemon)}, {pssMb(*idle.floor)});
}

void idleWakeUps(const Setting& setting, Row& row) {
    Idle idle(setting);
    // The measurement is of time that passes: there is no event to wait for.
    const std::chrono::seconds length(setting.pick(30, 2));
    std::this_thread::sleep_for(std::chrono::seconds(setting.pick(3, 0)));
    const double value = sleeps(*idle.daemon);
    const double floor = sleeps(*idle.floor);
    std::this_thread::sleep_for(length);
    const auto seconds = static_cast<double>(length.count());
    summarise(row, {(sleeps(*idle.daemon) - value) / seconds},
              {(sleeps(*idle.floor) - floor) / seconds});
}

}  // namespace

std::vector<Bench> processRows() {
    return {
        {{"start", "start until the first answered call, 10,000 tasks in store", "ms", 1.3}, start},
        {{"idle_memory", "idle, connected: memory (PSS)", "MB", 1.3}, idleMemory},
        {{"idle_wakeups", "idle, connected: wake-ups", "1/s", 1.1}, idleWakeUps},
    };
}

}  // namespace hashira::bench

// SPDX-License-Identifier: MIT
#include "bench/child.h"
#include "bench/client.h"

#include <QDateTime>

#include <cstdint>
#include <fstream>

namespace hashira::bench {
namespace {

constexpr int kWeeks = 10;

void countTasks(std::size_t found, std::size_t wanted) {
    if (found != wanted)
        throw Failure("Retrieve gave " + std::to_string(found) + " tasks in place of " +
                      std::to_string(wanted));
}

/// Tasks that were done in each of the weeks.
v1::SendRequest doneTasks(int weeks, int each) {
    v1::SendRequest request;
    for (int week = 0; week < weeks; ++week) {
        const QDateTime done = QDateTime::currentDateTimeUtc().addDays(-7 * week);
        const std::string fields = ",\"place\":\"done\",\"labels\":[\"work\"],\"done\":\"" +
                                   done.toString(Qt::ISODate).toStdString() + "\"";
        for (int i = 0; i < each; ++i)
            addNew(request, "Task " + std::to_string(i) + ": write the report and send it", fields);
    }
    return request;
}

/// Keeps the answers for the floor to stream.
void record(Client& client, const v1::RetrieveRequest& request, const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    client.retrieve(request, [&](const v1::RetrieveResponse& piece) {
        const std::string bytes = piece.SerializeAsString();
        const auto size = static_cast<std::uint32_t>(bytes.size());
        file.write(reinterpret_cast<const char*>(&size), sizeof size);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    });
}

void allWeeks(const Setting& setting, Row& row) {
    const int each = setting.pick(1'000, 100);
    const std::string directory = setting.directory("all-weeks");
    const auto daemon = startDaemon(setting, directory);
    Client client(daemon->target());
    client.send(doneTasks(kWeeks, each));
    v1::RetrieveRequest request;
    request.set_to(kWeeks - 1);
    record(client, request, directory + "/messages");
    const auto floor = startFloor(setting, directory, directory + "/messages");
    Client bare(floor->target());
    const auto readAll = [&](Client& from) {
        std::size_t found = 0;
        from.retrieve(request, [&](const v1::RetrieveResponse& piece) {
            found += static_cast<std::size_t>(piece.tasks_size());
        });
        countTasks(found, static_cast<std::size_t>(kWeeks * each));
    };
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(100, 5); ++i) {
        floors.push_back(millisecondsOf([&] { readAll(bare); }));
        values.push_back(millisecondsOf([&] { readAll(client); }));
    }
    summarise(row, values, floors);
}

void oneChange(const Setting& setting, Row& row) {
    const std::string directory = setting.directory("one-change");
    const auto daemon = startDaemon(setting, directory);
    const auto floor = startFloor(setting, directory);
    Client client(daemon->target());
    Client bare(floor->target());
    const v1::SendResponse made = client.send(newTasks(setting.pick(10'000, 1'000)));
    v1::RetrieveRequest request;
    *request.mutable_changed_since() = client.retrieve({}, [](const v1::RetrieveResponse&) {});
    v1::SendRequest change;
    change.add_commands()->set_what(v1::WHAT_UPDATE);
    Listener listener(client);
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(500, 20); ++i) {
        const std::string& task = made.receipts(i * 7 % made.receipts_size()).task_id();
        change.mutable_commands(0)->set_payload("{\"id\":\"" + task + "\",\"note\":\"change " +
                                                std::to_string(i) + "\"}");
        client.send(change);
        listener.next(request.changed_since().number());
        std::size_t found = 0;
        v1::Revision revision;
        values.push_back(millisecondsOf([&] {
            revision = client.retrieve(request, [&](const v1::RetrieveResponse& piece) {
                found += static_cast<std::size_t>(piece.tasks_size());
            });
        }));
        countTasks(found, 1);
        *request.mutable_changed_since() = revision;
        floors.push_back(millisecondsOf([&] { bare.send({}); }));
    }
    summarise(row, values, floors);
}

}  // namespace

std::vector<Bench> retrieveRows() {
    return {
        {{"retrieve_10_weeks", "Retrieve 10 weeks x 1,000 tasks, warm, parsed", "ms", 1.15},
         allWeeks},
        {{"retrieve_one_change", "Retrieve changed_since after one change of 10,000 open tasks",
          "ms", 2.0},
         oneChange},
    };
}

}  // namespace hashira::bench

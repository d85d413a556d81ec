// SPDX-License-Identifier: MIT
#include "bench/bare_store.h"
#include "bench/child.h"
#include "bench/client.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>

namespace hashira::bench {
namespace {

void oneSend(const Setting& setting, Row& row) {
    const std::string directory = setting.directory("one-send");
    const auto daemon = startDaemon(setting, directory);
    const auto floor = startFloor(setting, directory);
    Client client(daemon->target());
    Client bare(floor->target());
    BareStore store(directory);
    const v1::SendRequest request = newTasks(1);
    const v1::SendRequest nothing;
    std::vector<double> values;
    std::vector<double> floors;
    // In turns of a few: what the daemon does after an answer is then felt by its own next Send,
    // and not by the floor.
    constexpr int kTurn = 20;
    for (int turn = 0; turn < setting.pick(50, 3); ++turn) {
        for (int i = 0; i < kTurn; ++i) {
            const double call = millisecondsOf([&] { bare.send(nothing); });
            floors.push_back(call + millisecondsOf([&] { store.commit(1); }));
        }
        for (int i = 0; i < kTurn; ++i)
            values.push_back(millisecondsOf([&] { client.send(request); }));
        client.status();  // the core is done with what it did after the last answer
    }
    summarise(row, values, floors);
}

/// Callers that each send again as soon as they have their answer.
class Callers {
public:
    Callers(Client& client, const v1::SendRequest& request)
        : m_client(client), m_request(request) {}

    /// Calls a second, over `calls` calls.
    double rate(int callers, int calls) {
        m_left = calls;
        m_running = callers;
        m_done = {};
        std::vector<Caller> all(static_cast<std::size_t>(callers));
        const double ms = millisecondsOf([&] {
            for (Caller& caller : all) next(caller);
            m_done.get_future().wait();
        });
        if (m_failed) throw Failure("Send: a call of many failed");
        return calls * 1'000.0 / ms;
    }

private:
    struct Caller {
        std::optional<grpc::ClientContext> context;
        v1::SendResponse response;
    };

    void next(Caller& caller) {
        if (m_left.fetch_sub(1) <= 0) {
            if (m_running.fetch_sub(1) == 1) m_done.set_value();
            return;
        }
        caller.context.emplace();
        m_client.stub().async()->Send(&*caller.context, &m_request, &caller.response,
                                      [this, &caller](const grpc::Status& status) {
                                          if (!status.ok()) m_failed = true;
                                          next(caller);
                                      });
    }

    Client& m_client;
    const v1::SendRequest& m_request;
    std::atomic<int> m_left = 0;
    std::atomic<int> m_running = 0;
    std::atomic<bool> m_failed = false;
    std::promise<void> m_done;
};

void manyCallers(const Setting& setting, Row& row) {
    constexpr int kCallers = 64;
    const std::string directory = setting.directory("many-callers");
    const auto daemon = startDaemon(setting, directory);
    const auto floor = startFloor(setting, directory);
    Client client(daemon->target());
    Client bare(floor->target());
    BareStore store(directory);
    const v1::SendRequest request = newTasks(1);
    const v1::SendRequest nothing;
    Callers sending(client, request);
    Callers calling(bare, nothing);
    const int calls = kCallers * setting.pick(150, 10);
    std::vector<double> values;
    std::vector<double> floors;
    std::vector<double> rows;
    for (int i = 0; i < setting.pick(9, 3); ++i) {
        floors.push_back(calling.rate(kCallers, calls));
        const double ms = millisecondsOf([&] {
            for (int done = 0; done < calls; done += kCallers) store.commit(kCallers);
        });
        rows.push_back(calls * 1'000.0 / ms);
        values.push_back(sending.rate(kCallers, calls));
        client.status();
    }
    summarise(row, values, median(floors) < median(rows) ? floors : rows);
}

void bulk(const Setting& setting, Row& row) {
    const int count = setting.pick(10'000, 1'000);
    const std::string directory = setting.directory("bulk");
    const auto daemon = startDaemon(setting, directory);
    Client client(daemon->target());
    BareStore store(directory);
    const v1::SendRequest request = newTasks(count);
    const std::string bytes = request.SerializeAsString();
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(7, 3); ++i) {
        floors.push_back(millisecondsOf([&] {
            v1::SendRequest parsed;
            if (!parsed.ParseFromString(bytes)) throw Failure("the request cannot be parsed");
            store.commit(count);
        }));
        values.push_back(millisecondsOf([&] { client.send(request); }));
        client.status();
    }
    summarise(row, values, floors);
}

}  // namespace

std::vector<Bench> sendRows() {
    return {
        {{"send_one", "one Send at a time, durable, p50", "ms", 1.3}, oneSend},
        {{"send_64_callers", "64 callers sending at once, durable", "commands/s", 0.8, true},
         manyCallers},
        {{"send_bulk", "one Send of 10,000 commands", "ms", 2.0}, bulk},
    };
}

}  // namespace hashira::bench

// SPDX-License-Identifier: MIT
#include "bench/bare_store.h"
#include "bench/child.h"
#include "bench/client.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
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

/// Callers that each send again as soon as they have their answer. They take turns on the
/// connections: as many as callers are front ends of their own, one is a program that sends at
/// once.
class Callers {
public:
    Callers(const std::string& target, int callers, int connections, v1::SendRequest request)
        : m_request(std::move(request)), m_callers(static_cast<std::size_t>(callers)) {
        for (int i = 0; i < connections; ++i) m_clients.push_back(std::make_unique<Client>(target));
        for (std::size_t i = 0; i < m_callers.size(); ++i)
            m_callers[i].client = m_clients[i % m_clients.size()].get();
    }

    /// Calls a second, over `calls` calls.
    double rate(int calls) {
        m_left = calls;
        m_running = static_cast<int>(m_callers.size());
        m_done = {};
        const double ms = millisecondsOf([&] {
            for (Caller& caller : m_callers) next(caller);
            m_done.get_future().wait();
        });
        if (m_failed) throw Failure("Send: a call of many failed");
        return calls * 1'000.0 / ms;
    }

    /// Until the server's core is done with what it did after the last answer.
    void settle() { m_clients.front()->status(); }

private:
    struct Caller {
        Client* client = nullptr;
        std::optional<grpc::ClientContext> context;
        v1::SendResponse response;
    };

    void next(Caller& caller) {
        if (m_left.fetch_sub(1) <= 0) {
            if (m_running.fetch_sub(1) == 1) m_done.set_value();
            return;
        }
        caller.context.emplace();
        caller.client->stub().async()->Send(&*caller.context, &m_request, &caller.response,
                                            [this, &caller](const grpc::Status& status) {
                                                if (!status.ok()) m_failed = true;
                                                next(caller);
                                            });
    }

    const v1::SendRequest m_request;
    std::vector<std::unique_ptr<Client>> m_clients;
    std::vector<Caller> m_callers;
    std::atomic<int> m_left = 0;
    std::atomic<int> m_running = 0;
    std::atomic<bool> m_failed = false;
    std::promise<void> m_done;
};

void manyCallers(const Setting& setting, Row& row, int connections) {
    constexpr int kCallers = 64;
    const std::string directory = setting.directory("many-callers");
    const auto daemon = startDaemon(setting, directory);
    const auto floor = startFloor(setting, directory);
    BareStore store(directory);
    Callers sending(daemon->target(), kCallers, connections, newTasks(1));
    Callers calling(floor->target(), kCallers, connections, {});
    const int calls = kCallers * setting.pick(150, 10);
    std::vector<double> values;
    std::vector<double> floors;
    std::vector<double> rows;
    for (int i = 0; i < setting.pick(9, 3); ++i) {
        floors.push_back(calling.rate(calls));
        const double ms = millisecondsOf([&] {
            for (int done = 0; done < calls; done += kCallers) store.commit(kCallers);
        });
        rows.push_back(calls * 1'000.0 / ms);
        values.push_back(sending.rate(calls));
        sending.settle();
    }
    summarise(row, values, median(floors) < median(rows) ? floors : rows);
}

void manyFrontEnds(const Setting& setting, Row& row) {
    manyCallers(setting, row, 64);
}

void manyOnOneChannel(const Setting& setting, Row& row) {
    manyCallers(setting, row, 1);
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
        {{"send_64_callers", "64 front ends sending at once, durable", "commands/s", 0.8, true},
         manyFrontEnds},
        {{"send_64_shared", "the same over one connection", "commands/s", 0.8, true},
         manyOnOneChannel},
        {{"send_bulk", "one Send of 10,000 commands", "ms", 2.0}, bulk},
    };
}

}  // namespace hashira::bench

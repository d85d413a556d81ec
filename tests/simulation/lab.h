// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/device.h"
#include "simulation/exchange.h"

#include "model/json.h"
#include "model/uuid.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hashira::sim {

/// Devices and a datastore whose every message is delivered in order, to those who are on line.
class Lab {
public:
    explicit Lab(int devices) : exchange(time, 1) {
        exchange.network.dead = [this](int device) { return at(device).dead(); };
        exchange.network.baseToken = [this](int device) {
            const auto& cursor = at(device).core().views().base().cursor;
            return cursor ? cursor->token : std::string();
        };
        for (int i = 0; i < devices; ++i) start(addDevice());
    }

    int addDevice(std::optional<int> randomOf = {}) {
        const int index = static_cast<int>(m_devices.size());
        m_devices.push_back(std::make_unique<SimDevice>(
            index, m_directory.path().toStdString() + "/d" + std::to_string(index), time,
            exchange.network, static_cast<std::uint64_t>(randomOf.value_or(index)) + 10));
        return index;
    }
    /// Another device with the disk of this one, and with its random numbers where it is a copy of
    /// a machine that runs; returns which.
    int clone(int device, bool running = false) {
        const int copy = addDevice(running ? std::optional(device) : std::nullopt);
        at(copy).setDisk(at(device).disk());
        start(copy);
        return copy;
    }
    /// Ends the process of the device, and starts it again.
    void restart(int device) {
        Chance chance(1);
        at(device).kill(false, chance);
        start(device);
    }
    /// The log forgets all commands that the base covers.
    void prune(int device) {
        QVERIFY(core(device).prune(time.ms * 2, core(device).outbox().change(), 100));
    }

    SimDevice& at(int device) { return *m_devices[static_cast<std::size_t>(device)]; }
    daemon::Core& core(int device) { return at(device).core(); }
    void start(int device) { QCOMPARE(at(device).start(), std::string()); }

    /// The first device has its log pruned and meets a datastore that was set back: until its push
    /// is answered.
    void setBackUntilPushed(const SimDatastore::Backup& backup) {
        prune(0);
        exchange.datastore.restore(backup);
        at(0).link()->cut();
        core(0).syncNow([](const auto&) {});
        deliver({0}, [](const Packet& packet) { return packet.pushed.has_value(); });
    }

    /// A command that can be sent again: a new task.
    Draft draft(const std::string& name) {
        return {makeUuidV7(time.ms, m_random),  What::kNew, {},
                {{"name", json::quoted(name)}}, {},         {}};
    }
    /// One command; returns the ids of command and task.
    front::Receipt send(int device, What what, const std::string& task, Fields fields,
                        bool refused = false) {
        Draft draft{makeUuidV7(time.ms, m_random), what, task, std::move(fields), {}, {}};
        if (refused) exchange.refuse.insert(draft.commandId);
        time.ms += stepMs;
        return send(device, draft);
    }
    front::Receipt send(int device, const Draft& draft) {
        front::Receipt receipt;
        std::vector<daemon::Core::SendJob> jobs;
        jobs.push_back({{draft}, [&](const Result<front::SendReply>& reply) {
                            if (reply) receipt = reply->receipts.front();
                        }});
        core(device).send(std::move(jobs));
        return receipt;
    }
    front::Receipt add(int device, const std::string& name) {
        return send(device, What::kNew, {}, {{"name", json::quoted(name)}});
    }

    /// Delivers what is under way to and from these devices, and what it leads to, while no time
    /// passes; ends after a packet of which `last` says so. What the others send is lost.
    void deliver(const std::vector<int>& online,
                 const std::function<bool(const Packet&)>& last = {}) {
        auto& packets = exchange.network.packets;
        for (int delivered = 0; !packets.empty(); ++delivered) {
            if (delivered > 2'000) QFAIL("the devices and the datastore talk without end");
            Packet packet = std::move(packets.front());
            packets.erase(packets.begin());
            if (std::find(online.begin(), online.end(), packet.device) == online.end()) continue;
            const bool ends = last && last(packet);
            if (packet.toServer)
                QCOMPARE(exchange.serve(packet), std::string());
            else
                exchange.answer(std::move(packet));
            if (ends) return;
        }
    }
    /// Delivers everything to and from these devices until they rest; the others are off line.
    void sync(std::vector<int> online) {
        for (std::size_t i = 0; i < m_devices.size(); ++i)
            if (std::find(online.begin(), online.end(), static_cast<int>(i)) == online.end())
                at(static_cast<int>(i)).link()->cut();
        for (int round = 0; round < 200; ++round) {
            deliver(online);
            if (QTest::currentTestFailed()) return;
            time.ms += 20'000;
            for (const int device : online) core(device).wake();
            if (exchange.network.packets.empty() &&
                std::all_of(online.begin(), online.end(), [&](int d) { return rests(d); })) {
                QCOMPARE(exchange.datastore.violations, std::vector<std::string>());
                return;
            }
        }
        QFAIL("the devices do not come to rest");
    }

    /// The base of the device is the ledger, and so is its view.
    bool converged(int device) {
        const auto ledger = exchange.datastore.documents();
        const auto count = core(device).documents().count();
        if (!count || *count != ledger.size()) return false;
        return std::all_of(ledger.begin(), ledger.end(), [&](const auto& entry) {
            const auto record = core(device).documents().record(entry.first);
            return record && *record && (*record)->view == entry.second.document &&
                   !(*record)->pending;
        });
    }

    /// A field of the device's view of the task, decoded.
    std::string shown(int device, const std::string& task, std::string_view field) {
        const auto record = core(device).documents().record(task);
        return record && *record ? (*record)->view.string(field) : "(no task)";
    }

    WorldTime time;
    Exchange exchange;
    std::int64_t stepMs = 1'000;  ///< what each Send takes

private:
    bool rests(int device) {
        const engine::State& state = core(device).engineState();
        return state.phase == engine::Phase::kReady && state.call == engine::Call::kNone &&
               state.pending() == 0 && state.cursor &&
               state.cursor->version == exchange.datastore.version();
    }

    QTemporaryDir m_directory;
    SimRandom m_random{99};
    std::vector<std::unique_ptr<SimDevice>> m_devices;
};

}  // namespace hashira::sim

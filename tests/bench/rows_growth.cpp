// SPDX-License-Identifier: MIT
#include "bench/grown.h"
#include "bench/process.h"

#include <chrono>
#include <future>
#include <list>
#include <memory>

namespace hashira::bench {
namespace {

constexpr int kFew = 10;

using Sizes = int (*)(const Setting&);

int ten(const Setting&) {
    return kFew;
}

/// The time from exec until the first answer.
double startMs(const Setting& setting, const std::string& directory) {
    std::unique_ptr<Child> child;
    return millisecondsOf([&] {
        child = startDaemon(setting, directory);
        Client(child->target()).status();
    });
}

std::size_t retrieve(Client& client) {
    v1::RetrieveRequest request;
    request.set_to(Grown::kWeeks - 1);
    std::size_t found = 0;
    client.retrieve(request, [&](const v1::RetrieveResponse& piece) {
        found += static_cast<std::size_t>(piece.tasks_size());
    });
    return found;
}

/// Sends 64 commands of 64 callers at once; returns when all are answered.
void sendGroup(Client& client, const v1::SendRequest& request) {
    struct Caller {
        grpc::ClientContext context;
        v1::SendResponse response;
        std::promise<bool> answered;
    };
    constexpr int kCallers = 64;
    std::list<Caller> callers;
    for (int i = 0; i < kCallers; ++i) {
        Caller& caller = callers.emplace_back();
        client.stub().async()->Send(
            &caller.context, &request, &caller.response,
            [&caller](const grpc::Status& status) { caller.answered.set_value(status.ok()); });
    }
    bool good = true;
    for (Caller& caller : callers) good = caller.answered.get_future().get() && good;
    if (!good) throw Failure("Send: a call of many failed");
}

void sendOne(Client& client, const v1::SendRequest& request) {
    client.send(request);
}

/// The same work with a grown daemon and with a small one, taking turns.
void compareSends(const Setting& setting, Row& row, Grown& grown, Sizes small,
                  void (*work)(Client&, const v1::SendRequest&)) {
    const auto large = startDaemon(setting, grown.store(setting, Grown::large(setting)));
    const auto little = startDaemon(setting, grown.store(setting, small(setting)));
    Client value(large->target());
    Client floor(little->target());
    retrieve(value);
    retrieve(floor);
    const v1::SendRequest request = newTasks(1);
    std::vector<double> values;
    std::vector<double> floors;
    constexpr int kTurn = 10;
    for (int turn = 0; turn < setting.pick(40, 2); ++turn) {
        for (int i = 0; i < kTurn; ++i)
            floors.push_back(millisecondsOf([&] { work(floor, request); }));
        floor.status();  // the core is done with what it did after the last answer
        for (int i = 0; i < kTurn; ++i)
            values.push_back(millisecondsOf([&] { work(value, request); }));
        value.status();
    }
    summarise(row, values, floors);
}

void compareStarts(const Setting& setting, Row& row, Grown& grown, Sizes small) {
    const std::string large = grown.store(setting, Grown::large(setting));
    const std::string little = grown.store(setting, small(setting));
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(15, 3); ++i) {
        floors.push_back(startMs(setting, little));
        values.push_back(startMs(setting, large));
    }
    summarise(row, values, floors);
}

/// The first Retrieve after a start: the weeks are read from the store.
void compareRetrieves(const Setting& setting, Row& row, Grown& grown) {
    const auto measure = [&](int tasks) {
        const auto daemon = startDaemon(setting, grown.store(setting, tasks));
        Client client(daemon->target());
        std::size_t found = 0;
        const double ms = millisecondsOf([&] { found = retrieve(client); });
        if (found < static_cast<std::size_t>(Grown::small(setting)))
            throw Failure("Retrieve gave " + std::to_string(found) + " tasks");
        return ms;
    };
    std::vector<double> values;
    std::vector<double> floors;
    for (int i = 0; i < setting.pick(9, 3); ++i) {
        floors.push_back(measure(Grown::small(setting)));
        values.push_back(measure(Grown::large(setting)));
    }
    summarise(row, values, floors);
}

/// After a start, a Retrieve and a Send.
void compareMemory(const Setting& setting, Row& row, Grown& grown) {
    const auto measure = [&](int tasks) {
        const auto daemon = startDaemon(setting, grown.store(setting, tasks));
        Client client(daemon->target());
        retrieve(client);
        client.send(newTasks(1));
        client.status();
        return pssMb(*daemon);
    };
    summarise(row, {measure(Grown::large(setting))}, {measure(Grown::small(setting))});
}

/// Peaks of the memory of two devices: one that sends what it has, then one that fetches it.
struct SyncPeaks {
    double sender = 0;
    double receiver = 0;
};

SyncPeaks syncPeaks(const Setting& setting, const std::string& from, int tasks) {
    constexpr std::chrono::minutes kLimit{30};
    const std::string place = setting.directory("sync-" + std::to_string(tasks));
    const Datastore datastore(setting, place);
    // All weeks are kept: what is fetched is all there is.
    const QStringList keepAll{QStringLiteral("--weeks-kept"), QStringLiteral("2000")};
    const auto synced = [&](const std::string& directory) {
        const auto daemon = startDaemon(setting, directory, &datastore, keepAll);
        Client client(daemon->target());
        const PeakMemory peak(*daemon);
        client.waitSynced(kLimit);
        return peak.mb();
    };
    SyncPeaks peaks;
    peaks.sender = synced(from);
    peaks.receiver = synced(place);
    return peaks;
}

/// Syncs when the first row asks. Last of all: the grown stores get an account.
class Syncs {
public:
    void fill(const Setting& setting, Row& row, Grown& grown, double SyncPeaks::*device) {
        if (!m_large) {
            const int small = Grown::small(setting);
            const int large = Grown::large(setting);
            m_small = syncPeaks(setting, grown.store(setting, small), small);
            m_large = syncPeaks(setting, grown.store(setting, large), large);
        }
        summarise(row, {(*m_large).*device}, {(*m_small).*device});
    }

private:
    std::optional<SyncPeaks> m_small;
    std::optional<SyncPeaks> m_large;
};

}  // namespace

std::vector<Bench> growthRows() {
    const auto grown = std::make_shared<Grown>();
    const auto syncs = std::make_shared<Syncs>();
    const auto sends = [&](Sizes small, void (*work)(Client&, const v1::SendRequest&)) {
        return [grown, small, work](const Setting& setting, Row& row) {
            compareSends(setting, row, *grown, small, work);
        };
    };
    const auto starts = [&](Sizes small) {
        return [grown, small](const Setting& setting, Row& row) {
            compareStarts(setting, row, *grown, small);
        };
    };
    const auto peaks = [&](double SyncPeaks::*device) {
        return [grown, syncs, device](const Setting& setting, Row& row) {
            syncs->fill(setting, row, *grown, device);
        };
    };
    return {
        {{"outbox_start", "start until the first answer, outbox of 1,000,000 against 10", "ms",
          1.3},
         starts(ten)},
        {{"store_start", "start until the first answer, store of 1,000,000 against 10,000", "ms",
          1.3},
         starts(Grown::small)},
        {{"store_retrieve",
          "first Retrieve of 10 weeks of 1,000, store of 1,000,000 against 10,000", "ms", 1.2},
         [grown](const Setting& setting, Row& row) { compareRetrieves(setting, row, *grown); }},
        {{"store_memory", "memory (PSS) after that, store of 1,000,000 against 10,000", "MB", 1.1},
         [grown](const Setting& setting, Row& row) { compareMemory(setting, row, *grown); }},
        // What changes the stores comes after what only reads them.
        {{"store_send", "one Send, store of 1,000,000 tasks against 10,000", "ms", 1.1},
         sends(Grown::small, sendOne)},
        {{"outbox_send", "one Send, outbox of 1,000,000 against 10", "ms", 1.1},
         sends(ten, sendOne)},
        {{"outbox_group", "64 Sends at once, outbox of 1,000,000 against 10", "ms", 1.1},
         sends(ten, sendGroup)},
        {{"sync_memory_sender", "peak memory of a device that sends 1,000,000 against 10,000", "MB",
          2.0},
         peaks(&SyncPeaks::sender)},
        {{"sync_memory_receiver", "peak memory of a device that fetches 1,000,000 against 10,000",
          "MB", 2.0},
         peaks(&SyncPeaks::receiver)},
    };
}

}  // namespace hashira::bench

// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/datastore.h"
#include "simulation/device.h"
#include "simulation/exchange.h"
#include "simulation/network.h"
#include "simulation/sim_base.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hashira::sim {

struct Options {
    std::uint64_t seed = 0;
    Features features;
    int steps = 250;
    std::string directory;     ///< a directory of its own
    bool verbose = false;      ///< tell each step on stderr
    bool checkAlways = false;  ///< views after every step, not every tenth
};

struct Outcome {
    std::vector<std::string> violations;
    std::uint64_t trace = 0;  ///< a hash over everything that happened
    std::uint64_t steps = 0;
    bool operator==(const Outcome&) const = default;
};

/// Features of a seed: every kind of fault by itself and all together, in turn.
Features featuresOf(std::uint64_t seed);

/// Several devices, a datastore and a bad network. First a phase of faults in which safety is
/// checked in each step; then faults stop, and everything must converge.
class World {
public:
    explicit World(const Options& options);
    Outcome run();

private:
    struct Acked {
        int device = 0;
        std::string task;
        bool mayBeLost = false;  ///< the device went back to before it
    };

    // one step each
    void step();
    void sendCommands(SimDevice& device);
    Draft makeDraft(SimDevice& device);
    void retryOrDiscard(SimDevice& device);
    /// Ten weeks pass for the log: it forgets what is covered.
    void forgetCovered(SimDevice& device);
    void deliverOne();
    void toServer(Packet packet);
    void answer(Packet packet);
    void reboot(SimDevice& device, bool power);
    void takeBackup();
    void restoreDatastore();
    void restoreDevice(SimDevice& device);
    void cloneDevice(SimDevice& device);
    void wakeDue();

    // checks
    void checkSafety(SimDevice& device);
    void heal();
    /// Everything that is under way, in order, and what it leads to.
    void deliverAll();
    bool atRest();
    void checkConvergence();
    void checkDevice(SimDevice& device, const std::map<std::string, VersionedDocument>& ledger);
    void checkAcked(const std::map<std::string, VersionedDocument>& ledger);
    void violate(const std::string& what);
    void note(const std::string& what);

    SimDevice& addDevice();
    Options m_options;
    Chance m_chance;
    WorldTime m_time;
    Exchange m_exchange;
    Network& m_network;
    SimDatastore& m_datastore;
    std::vector<std::unique_ptr<SimDevice>> m_devices;
    std::map<std::string, Acked> m_acked;
    std::map<int, std::vector<Draft>> m_sent;  ///< some drafts of each device, to be sent again
    SimDatastore::Backup m_backup;
    std::map<int, std::pair<Disk, std::set<std::string>>>
        m_diskBackups;  ///< with the ids acked by then
    std::map<int, std::uint64_t> m_lastCursor;
    bool m_noFaults = false;
    int m_counter = 0;
    Outcome m_outcome;
};

}  // namespace hashira::sim

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
        Fields fields;
        bool mayBeLost = false;  ///< no device is sure to have it any more
    };
    /// A Send as it was made: what a person must see of it at once.
    struct Sent {
        std::vector<Draft> drafts;
        bool fresh = true;  ///< no draft in it was sent before
        bool answered = false;
        std::vector<front::Receipt> receipts;
    };

    // one step each
    void step();
    void sendCommands(SimDevice& device);
    Draft makeDraft(SimDevice& device);
    std::vector<Draft> makeSend(SimDevice& device, bool& fresh);
    void takeReply(SimDevice& device, Sent& sent, const Result<front::SendReply>& reply);
    void remember(SimDevice& device, const Sent& sent);
    void retryOrDiscard(SimDevice& device);
    /// Ten weeks pass for the log: it forgets what is covered.
    void forgetCovered(SimDevice& device);
    void deliverOne();
    void toServer(Packet packet);
    void answer(Packet packet);
    void reboot(SimDevice& device, bool power);
    /// False: its disk cannot be read now to know what to forgive.
    bool forgive(SimDevice& device);
    /// Its disk begins to fail in some way.
    void breakDisk(SimDevice& device);
    void takeBackup();
    void restoreDatastore();
    void sweepDatastore();
    void restoreDevice(SimDevice& device);
    void cloneDevice(SimDevice& device);
    void wakeDue();
    void changeNetwork(SimDevice& device);

    // checks
    void checkSafety(SimDevice& device);
    void checkEngine(SimDevice& device);
    /// What was just sent is shown; what was refused as a whole is not in the outbox.
    void checkSent(SimDevice& device, const std::vector<Sent>& sends);
    /// Every command that is not refused is in its task's view, by its stamp or a greater one.
    void checkOwnChanges(SimDevice& device);
    void checkFiles(SimDevice& device);
    /// The tasks whose views the document store owes.
    std::vector<std::string> checkOwed(SimDevice& device);
    void checkMirrors(SimDevice& device);
    void checkShelf(SimDevice& device);
    void heal();
    /// Everything that is under way, in order, and what it leads to.
    void deliverAll();
    bool atRest();
    void checkConvergence();
    void checkDevice(SimDevice& device, const std::map<std::string, VersionedDocument>& ledger);
    void checkAcked(const std::map<std::string, VersionedDocument>& ledger);
    bool inEffect(const std::string& id, const Acked& acked, const Document& document) const;
    /// A task that was restored has all that was in it.
    void checkRestored(const std::map<std::string, VersionedDocument>& ledger);
    void checkPlaces(const std::map<std::string, VersionedDocument>& ledger);
    void violate(const std::string& what);
    void note(const std::string& what);

    SimDevice& addDevice();
    Options m_options;
    Chance m_chance;
    Chance m_sweeps;  ///< of its own: seeds without sweeps keep their stories
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
    std::set<std::string> m_refusedEver;  ///< command ids that the datastore was to refuse
    /// Tasks that no device may hold any more when a datastore is restored: done, perhaps long ago.
    std::set<std::string> m_mayBeForgotten;
    /// The stamp of each command when a device first knew that it was accepted.
    std::map<int, std::map<std::string, Stamp>> m_acceptedStamps;
    bool m_noFaults = false;
    int m_counter = 0;
    Outcome m_outcome;
};

}  // namespace hashira::sim

// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/network.h"
#include "simulation/sim_base.h"

#include "daemon/core.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hashira::sim {

/// What a device's disk holds.
struct Disk {
    std::string outbox;
    std::string documents;
};

/// One daemon's real core on real SQLite files (in a directory in memory), which can die between
/// any two commits.
class SimDevice final : public daemon::CoreOutput {
public:
    SimDevice(int index, std::string directory, const WorldTime& time, Network& network,
              std::uint64_t seed);
    ~SimDevice() override;

    /// Opens the core over what the disk holds. Returns the error's text, or nothing.
    std::string start();
    /// Ends the process as kill -9 does. With `power` the document store also loses its newest
    /// commits.
    void kill(bool power, Chance& chance);
    /// Dies in one of the next commits: that commit fails, or (`after`) it is the last that
    /// succeeds.
    void arm(int commits, bool after);
    /// So much time passes that no power cut takes back what is committed now.
    void settle() { m_tail.clear(); }
    bool dead() const { return m_dead; }

    Disk disk();
    /// Replaces what the disk holds; the core must not run.
    void setDisk(const Disk& disk);

    daemon::Core& core() { return *m_core; }
    bool running() const { return m_core != nullptr; }
    SimLink* link() { return m_link; }

    // daemon::CoreOutput
    void notify(const front::Notice& notice) override;
    void statusChanged(const front::Status&) override {}
    void wakeAt(std::optional<std::int64_t> steadyMs) override {
        if (!m_dead) nextWakeMs = steadyMs;
    }

    const int index;
    SimClock clock;
    std::optional<std::int64_t> nextWakeMs;
    std::uint64_t lastRevision = 0;
    std::deque<bool> documentsFail;  ///< which of the next commits of the document store fail
    bool keepTail = false;  ///< remember older images of the document store, for power cuts
    std::vector<std::string> violations;

private:
    static int onCommit(void* self);
    static int onDocumentsCommit(void* self);
    int commit(bool documents);
    void hook();
    std::string path(const char* name) const { return m_directory + "/" + name; }

    std::string m_directory;
    Network& m_network;
    SimRandom m_random;
    std::unique_ptr<daemon::Core> m_core;
    SimLink* m_link = nullptr;
    struct Files {
        std::string database;
        std::string wal;
    };
    std::deque<Files> m_tail;  ///< the document store before each of its last commits
    int m_armed = 0;
    bool m_after = false;
    bool m_dead = false;
};

}  // namespace hashira::sim

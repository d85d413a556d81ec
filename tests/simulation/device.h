// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/network.h"
#include "simulation/sim_base.h"

#include "daemon/core.h"
#include "support/forgetful_disk.h"

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
/// any two changes of its disk, and whose disk can fail.
class SimDevice final : public daemon::CoreOutput {
public:
    SimDevice(int index, std::string directory, const WorldTime& time, Network& network,
              std::uint64_t seed);
    ~SimDevice() override;

    /// Opens the core over what the disk holds. Returns the error's text, or nothing. It may die
    /// in it, if armed after it was killed.
    std::string start();
    /// Ends the process as kill -9 does. With `power` the disk also loses what was not synced.
    void kill(bool power, Chance& chance);
    /// Dies in one of the next changes of its disk: that change is not made, or (`after`) it is the
    /// last; 0: it does not.
    void arm(int changes, bool after) { m_disk.stopAt(changes, after); }
    bool dead() const { return m_disk.stopped(); }
    /// So much time passes that no power cut takes back what is committed now.
    void settle() { m_disk.settle(); }
    /// Where its disk is made to fail.
    test::ForgetfulDisk& fallible() { return m_disk; }

    Disk disk();
    /// Replaces what the disk holds; the core must not run.
    void setDisk(const Disk& disk);
    /// Makes the document store unreadable; the core must not run.
    void damageDocuments();

    daemon::Core& core() { return *m_core; }
    bool running() const { return m_core != nullptr; }
    SimLink* link() { return m_link; }

    // daemon::CoreOutput
    void notify(const front::Notice& notice) override;
    void statusChanged(const front::Status&) override {}
    void wakeAt(std::optional<std::int64_t> steadyMs) override {
        if (!dead()) nextWakeMs = steadyMs;
    }

    const int index;
    SimClock clock;
    std::optional<std::int64_t> nextWakeMs;
    std::uint64_t lastRevision = 0;
    std::deque<bool> documentsFail;  ///< which of the next commits of the document store fail
    bool readsOften = false;         ///< nearly no cache: what is read comes from the disk
    bool looksAtNetwork = false;     ///< as engine::Settings has it
    std::vector<std::string> violations;

private:
    static int onDocumentsCommit(void* self);
    std::string path(const char* name) const { return m_directory + "/" + name; }

    std::string m_directory;
    test::ForgetfulDisk m_disk;
    Network& m_network;
    SimRandom m_random;
    std::unique_ptr<daemon::Core> m_core;
    SimLink* m_link = nullptr;
};

}  // namespace hashira::sim

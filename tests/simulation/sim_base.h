// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace hashira::sim {

/// Which faults a run has.
struct Features {
    bool clocks = false;          ///< devices' clocks jump by minutes and by years
    bool datastoreClock = false;  ///< the datastore's too
    bool crashes = true;          ///< between any two effects
    bool powerCuts = false;       ///< disks lose what was not synced
    bool disks = false;  ///< disks are full or fail for a while, and document stores get damaged
    bool datastoreRestore = false;
    bool deviceRestore = false;
    bool clones = false;
    bool refusals = true;
    bool network =
        false;  ///< what is said of the network, right or wrong; sleep; pauses for a time
    /// How long the datastore keeps what may be removed; 0: for ever.
    std::int64_t retentionMs = 0;
    bool weeks = true;  ///< time goes on by days now and then
};

/// The one source of chance of a run.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t next() { return m_engine(); }
    int below(int bound) {
        return static_cast<int>(m_engine() % static_cast<std::uint64_t>(bound));
    }
    bool percent(int share) { return below(100) < share; }
    template <typename T>
    T pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

private:
    std::mt19937_64 m_engine;
};

/// True time of the world, and each device's idea of it.
struct WorldTime {
    std::int64_t ms = 1'767'225'600'000;  // 2026-01-01
};

class SimClock final : public Clock {
public:
    explicit SimClock(const WorldTime& time) : m_time(time) {}
    std::int64_t nowMs() const override { return m_time.ms + skewMs; }
    std::int64_t steadyMs() const override { return m_time.ms; }
    int utcOffsetMinutes(std::int64_t) const override { return offsetMinutes; }
    std::int64_t skewMs = 0;
    int offsetMinutes = 60;

private:
    const WorldTime& m_time;
};

class SimRandom final : public Random {
public:
    explicit SimRandom(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t next() override { return m_engine(); }

private:
    std::mt19937_64 m_engine;
};

}  // namespace hashira::sim

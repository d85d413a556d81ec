// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/world.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hashira::sim {

/// Kinds of seeds: featuresOf() repeats after so many.
inline constexpr std::uint64_t kKinds = 8;

/// Which seeds to run, and how.
struct Plan {
    std::uint64_t from = 0;
    std::uint64_t count = 100;
    std::optional<std::int64_t> limitMs;  ///< run on for as long, instead of `count`
    std::uint64_t stride = 1;             ///< from seed to seed
    std::vector<std::uint64_t> listed;    ///< these instead, where there are any
    bool twice = false;                   ///< each again, and the traces must be the same
    bool untilFailure = false;            ///< end at the first seed that fails
    std::string keepDir;                  ///< where failing seeds are kept; empty: nowhere
    Options options;                      ///< of each; seed and features are filled in
};

struct Totals {
    std::uint64_t seeds = 0;
    std::uint64_t steps = 0;
    std::uint64_t failed = 0;

    Totals& operator+=(const Totals& other);
    /// "N seeds, N steps, N failed"
    std::string text() const;
};

/// Runs the plan; failing seeds are told on stdout and kept. Calls `progress` after each seed.
Totals runPlan(const Plan& plan, const std::function<void(const Totals&)>& progress);

/// The seeds of a file: one in a line, the rest of the line is a note. Nothing where it cannot be
/// read.
std::optional<std::vector<std::uint64_t>> readSeeds(const std::string& path);

}  // namespace hashira::sim

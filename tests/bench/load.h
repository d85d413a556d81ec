// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bench.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

/// The rows of a datastore that many use at once; README.md says what they mean.
namespace hashira::bench {

struct LoadSetting : Setting {
    int watchers = 10'000;  ///< daemons at rest, each on a connection of its own
    int devices = 10;       ///< of them an account has
    int writers = 8;        ///< daemons that always have something to send
    double seconds = 5;     ///< each single measurement

    int accounts() const { return std::max(watchers / devices, writers); }
};

class SharedPostgresql;

/// A row: fills in value, floor, slowest and note.
struct Load {
    Row row;
    std::function<void(const LoadSetting&, Row&)> run;
};

/// Memory, speed and latency with all watchers connected: of one measurement for each database.
std::vector<Load> watchedRows(const std::shared_ptr<SharedPostgresql>& postgresql);
/// Several programs on one PostgreSQL, and what its NOTIFY costs.
std::vector<Load> replicaRows(const std::shared_ptr<SharedPostgresql>& postgresql);

}  // namespace hashira::bench

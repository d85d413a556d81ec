// SPDX-License-Identifier: MIT
#pragma once

#include "bench/child.h"
#include "bench/client.h"

#include <map>
#include <string>

namespace hashira::bench {

/// Data directories that grew: made through the daemon, with Sends of as many commands as it takes,
/// when a row first asks, and kept for the rows that follow.
class Grown {
public:
    static constexpr int kWeeks = 10;

    /// So many tasks done in each of the last `kWeeks` weeks.
    static int each(const Setting& setting) { return setting.pick(1'000, 50); }
    /// As many as those weeks hold together.
    static int small(const Setting& setting) { return kWeeks * each(setting); }
    static int large(const Setting& setting) { return setting.pick(setting.grownTasks, 5'000); }

    /// The directory of a daemon (for startDaemon) that was sent `tasks` tasks, each()
    /// for every week back from this one, and has ended.
    const std::string& store(const Setting& setting, int tasks);

private:
    std::map<int, std::string> m_stores;
};

}  // namespace hashira::bench

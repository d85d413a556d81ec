// SPDX-License-Identifier: MIT
#pragma once

#include "bench/load.h"
#include "bench/load_ground.h"

#include <deque>
#include <string>
#include <vector>

namespace hashira::bench {

/// Daemons at rest, some thousands to a process of hashira-load-client.
class Watchers {
public:
    /// Returns once all were greeted. Throws Failure where one was not.
    Watchers(const LoadSetting& setting, const std::string& target,
             const std::vector<Person>& people);

    /// Waits until all that are concerned heard of these; what they heard. Throws Failure where one
    /// did not: a notification was lost.
    std::vector<Heard> heardOf(const std::vector<Applied>& applied);
    double cpuSeconds() const;

private:
    std::string m_place;
    std::deque<Helper> m_processes;
};

struct Run {
    std::vector<Applied> applied;
    double commandsASecond = 0;
};

/// Daemons that write, in one process of hashira-load-client.
class Writers {
public:
    /// `tag`: its device ids begin with it. Writer i calls target i modulo their number, and goes
    /// round the accounts i, i + writers, …
    Writers(const LoadSetting& setting, const std::string& tag, const std::vector<Person>& people,
            const std::vector<std::string>& targets);

    /// Sends batches of so many commands until each account had one: then the connections stand,
    /// the tokens are known, and PostgreSQL has planned its statements, which it does by how they
    /// are first used.
    void warmUp(int commands);
    /// Each sends batches of so many commands, one after the other, for so long.
    Run run(double seconds, int commands);
    double cpuSeconds() const;

private:
    std::size_t m_accounts;
    std::string m_file;
    Helper m_process;
};

}  // namespace hashira::bench

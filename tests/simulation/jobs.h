// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/seeds.h"

#include <QElapsedTimer>
#include <QStringList>

#include <cstdint>
#include <cstdio>

namespace hashira::sim {

/// Tells on stderr, once a minute, how far a long run has come.
class Minutes {
public:
    Minutes() { m_timer.start(); }
    void tell(const Totals& totals) {
        const std::int64_t minute = m_timer.elapsed() / 60'000;
        if (minute <= m_told) return;
        m_told = minute;
        std::fprintf(stderr, "%lld min: %s\n", static_cast<long long>(minute),
                     totals.text().c_str());
    }
    double seconds() const { return static_cast<double>(m_timer.elapsed()) / 1000.0; }

private:
    QElapsedTimer m_timer;
    std::int64_t m_told = 0;
};

/// Runs this program `jobs` times side by side, each with these arguments and a share of the seeds
/// of its own, passes on what they print, and sums up. False where one of them broke down.
bool runJobs(int jobs, const QStringList& arguments, Totals& totals);

/// What a job prints for its parent.
void printProgress(const Totals& totals);

}  // namespace hashira::sim

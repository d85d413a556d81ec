// SPDX-License-Identifier: MIT
#pragma once

#include "bench/child.h"

#include <atomic>
#include <thread>

/// What the system tells of another process.
namespace hashira::bench {

/// Its memory now: what is its own, and its share of what is shared.
double pssMb(const Child& child);

/// Its memory that is of no file: heap and stacks. Unlike the PSS it does not change with who else
/// runs the same libraries.
double anonymousMb(const Child& child);

/// Processor time in seconds until now of a process and its children, also of those that ended.
double cpuSeconds(qint64 pid);

/// Processor time of all cores until now, in seconds.
struct MachineTime {
    double busy = 0;     ///< of whichever process, and the kernel's own
    double waiting = 0;  ///< idle, while a disk was waited for
    double idle = 0;
};
MachineTime machineTime();

/// What its threads have done until now. A thread that ended since takes its share along: compare
/// processes that are idle.
struct Activity {
    double sleeps = 0;  ///< how often threads went to sleep: each was a wake-up
    double cpuMs = 0;
};
Activity activity(const Child& child);

/// The greatest memory of a process, looked at 20 times a second for as long as this lives.
class PeakMemory {
public:
    explicit PeakMemory(const Child& child);
    ~PeakMemory();
    PeakMemory(const PeakMemory&) = delete;
    PeakMemory& operator=(const PeakMemory&) = delete;

    double mb() const { return m_mb; }

private:
    const Child& m_child;
    std::atomic<double> m_mb = 0;
    std::atomic<bool> m_end = false;
    std::thread m_thread;
};

}  // namespace hashira::bench

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

namespace hashira::wire {

/// What timers of gRPC are to come, kept beside gRPC, which knows it for a second at most: so the
/// thread that runs them can sleep until the first. All times are gRPC's, in ms. An entry too many
/// costs one look too many; one too few would be a timer that never runs. Any thread.
class TimerBook {
public:
    /// After gRPC has the timer. @return true: the thread sleeps beyond it and must be woken
    bool add(const void* timer, std::int64_t due);

    /// Before gRPC lets go of it.
    void remove(const void* timer);

    /// Before gRPC looks for timers that are due: for sleepUntil().
    std::uint64_t mark() const;

    /// After it found none. @param next when gRPC would look again: what is due before, and was in
    /// here at the mark, has run. @return until when the thread sleeps now, `next` or later
    std::int64_t sleepUntil(std::int64_t next, std::uint64_t mark);

private:
    struct Entry {
        std::int64_t due;
        std::uint64_t number;
    };

    using Entries = std::unordered_map<const void*, Entry>;

    void erase(Entries::iterator entry);

    mutable std::mutex m_mutex;
    Entries m_entries;
    std::set<std::pair<std::int64_t, const void*>> m_byDue;
    std::uint64_t m_added = 0;
    std::int64_t m_asleepUntil = 0;
};

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#include "wire/timer_book.h"

#include <algorithm>
#include <limits>

namespace hashira::wire {
namespace {

/// However few timers there are, gRPC looks once in this time: what went wrong in here would be
/// late, not lost.
constexpr std::int64_t kLongestMs = 3'600'000;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

bool TimerBook::add(const void* timer, std::int64_t due) {
    const std::lock_guard lock(m_mutex);
    if (const auto old = m_entries.find(timer); old != m_entries.end()) erase(old);
    m_entries.emplace(timer, Entry{due, ++m_added});
    m_byDue.emplace(due, timer);
    return due < m_asleepUntil;
}

void TimerBook::remove(const void* timer) {
    const std::lock_guard lock(m_mutex);
    if (const auto entry = m_entries.find(timer); entry != m_entries.end()) erase(entry);
}

std::uint64_t TimerBook::mark() const {
    const std::lock_guard lock(m_mutex);
    return m_added;
}

std::int64_t TimerBook::sleepUntil(std::int64_t next, std::uint64_t mark) {
    const std::lock_guard lock(m_mutex);
    if (next == kNever) return m_asleepUntil = next;
    // gRPC's `next` may be a millisecond beyond the first timer.
    while (!m_byDue.empty() && m_byDue.begin()->first + 1 < next) {
        const auto entry = m_entries.find(m_byDue.begin()->second);
        if (entry->second.number > mark) break;
        erase(entry);
    }
    m_asleepUntil = next + kLongestMs;
    if (!m_byDue.empty()) m_asleepUntil = std::clamp(m_byDue.begin()->first, next, m_asleepUntil);
    return m_asleepUntil;
}

void TimerBook::erase(Entries::iterator entry) {
    m_byDue.erase({entry->second.due, entry->first});
    m_entries.erase(entry);
}

}  // namespace hashira::wire

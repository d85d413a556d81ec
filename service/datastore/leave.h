// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace hashira::datastore {

/// Whether this server takes leave, and what those hear who are sent away: each is asked to stay
/// away for another time, so that they do not come back all at once. Thread-safe.
class Leave {
public:
    Leave() : m_seed(SystemRandom().next()) {}

    /// Those who are sent away come back over so long.
    void begin(std::chrono::milliseconds spread) { m_spreadMs = kLeastMs + spread.count(); }
    bool begun() const { return m_spreadMs > 0; }
    /// After begin().
    Error error() {
        return {ErrorCode::kUnavailable, "the datastore is stopping, try again soon",
                kLeastMs + jitter(m_spreadMs)};
    }

private:
    /// A replica that was told of at the same moment has its listeners by then.
    static constexpr std::int64_t kLeastMs = 250;

    std::int64_t jitter(std::int64_t most) {
        // splitmix64: good enough for spreading, and one atomic step for any thread.
        std::uint64_t z = m_seed.fetch_add(0x9E3779B97F4A7C15ULL, std::memory_order_relaxed);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(most + 1));
    }

    std::atomic<std::uint64_t> m_seed;
    std::atomic<std::int64_t> m_spreadMs = 0;
};

}  // namespace hashira::datastore

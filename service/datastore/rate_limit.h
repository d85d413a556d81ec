// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/limits.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace hashira::datastore {

/// How much each account may ask for: a bucket for each, filled at a steady rate up to what may be
/// asked for at once, in the memory of this program. Thread-safe.
class RateLimit {
public:
    explicit RateLimit(std::int64_t aSecond = limits::kCommandsASecond,
                       std::int64_t atOnce = limits::kCommandsAtOnce)
        : m_aSecond(aSecond), m_atOnce(atOnce) {}

    /// 0: taken. Else nothing was, and it may be asked for again in so many milliseconds. What
    /// exceeds a full bucket is taken of a full one: else it could never be.
    std::int64_t take(const std::string& account, std::int64_t amount, std::int64_t steadyMs);
    /// How many are remembered: those whose bucket is not full, and others for a while.
    std::size_t accounts();

private:
    /// When the bucket is full again: nothing else need be remembered of it.
    using FullAt = std::unordered_map<std::string, std::int64_t>;

    const std::int64_t m_aSecond;
    const std::int64_t m_atOnce;
    std::mutex m_mutex;  // protects what follows
    FullAt m_fullAtUs;   ///< steady, microseconds
    std::size_t m_sweepAt = 1'024;
};

}  // namespace hashira::datastore

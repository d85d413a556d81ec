// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hashira {

/// Where time comes from. Injected everywhere, so that tests own it. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    /// The wall clock: milliseconds since 1970 UTC. May jump.
    virtual std::int64_t nowMs() const = 0;
    /// A clock that never jumps, for waiting: milliseconds since some moment.
    virtual std::int64_t steadyMs() const = 0;
    /// Minutes that local time is ahead of UTC at that moment, by the time zone in force.
    virtual int utcOffsetMinutes(std::int64_t utcMs) const = 0;
};

/// The machine's own clock and time zone.
class SystemClock final : public Clock {
public:
    std::int64_t nowMs() const override;
    std::int64_t steadyMs() const override;
    /// Looked up once a minute: the C library asks the file system for the time zone each time.
    int utcOffsetMinutes(std::int64_t utcMs) const override;

private:
    mutable std::atomic<std::int64_t> m_offset{
        -1};  ///< minute since 1970, and the offset in its low 16 bits
};

/// Where randomness comes from: ids, tokens, jitter. Not thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
};

/// The operating system's generator, fit for tokens.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;

private:
    std::array<std::uint64_t, 32>
        m_pool{};  ///< a system call for each number would be most of a Send
    std::size_t m_left = 0;
};

}  // namespace hashira

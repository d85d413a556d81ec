// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <chrono>

#if defined(Q_OS_MACOS)
#include <sys/random.h>
#elif defined(Q_OS_UNIX)
#include <unistd.h>
#endif

namespace hashira {

std::int64_t SystemClock::nowMs() const {
    return QDateTime::currentMSecsSinceEpoch();
}

std::int64_t SystemClock::steadyMs() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

int SystemClock::utcOffsetMinutes(std::int64_t utcMs) const {
    constexpr std::int64_t kBias = 1 << 15;
    const std::int64_t minute = utcMs / 60'000;
    const std::int64_t known = m_offset.load(std::memory_order_relaxed);
    if (known >= 0 && known >> 16 == minute) return static_cast<int>((known & 0xFFFF) - kBias);
    const int offset = QDateTime::fromMSecsSinceEpoch(utcMs).offsetFromUtc() / 60;
    if (minute >= 0) m_offset.store(minute << 16 | (offset + kBias), std::memory_order_relaxed);
    return offset;
}

std::uint64_t SystemRandom::next() {
    if (m_left == 0) {
#if defined(Q_OS_UNIX)
        // Not QRandomGenerator: it asks the processor for each number, which takes 0.3 us.
        static_assert(sizeof m_pool <= 256, "getentropy gives no more at once");
        if (getentropy(m_pool.data(), sizeof m_pool) != 0) qFatal("the system has no randomness");
#else
        QRandomGenerator::system()->fillRange(m_pool.data(), static_cast<qsizetype>(m_pool.size()));
#endif
        m_left = m_pool.size();
    }
    return m_pool[--m_left];
}

}  // namespace hashira

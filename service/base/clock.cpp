// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <chrono>

namespace hashira {

std::int64_t SystemClock::nowMs() const {
    return QDateTime::currentMSecsSinceEpoch();
}

std::int64_t SystemClock::steadyMs() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

int SystemClock::utcOffsetMinutes(std::int64_t utcMs) const {
    return QDateTime::fromMSecsSinceEpoch(utcMs).offsetFromUtc() / 60;
}

std::uint64_t SystemRandom::next() {
    return QRandomGenerator::system()->generate64();
}

}  // namespace hashira

// SPDX-License-Identifier: MIT
#include "datastore/rate_limit.h"

#include <algorithm>

namespace hashira::datastore {

std::int64_t RateLimit::take(const std::string& account, std::int64_t amount,
                             std::int64_t steadyMs) {
    constexpr std::int64_t kUs = 1'000'000;
    const std::int64_t nowUs = steadyMs * 1'000;
    const std::int64_t depthUs = m_atOnce * kUs / m_aSecond;
    const std::int64_t costUs = std::min(amount, m_atOnce) * kUs / m_aSecond;
    const std::lock_guard lock(m_mutex);
    if (m_fullAtUs.size() >= m_sweepAt) {
        std::erase_if(m_fullAtUs, [&](const auto& bucket) { return bucket.second <= nowUs; });
        m_sweepAt = std::max<std::size_t>(1'024, 2 * m_fullAtUs.size());
    }
    std::int64_t& fullAtUs = m_fullAtUs[account];
    const std::int64_t afterUs = std::max(fullAtUs, nowUs) + costUs;
    const std::int64_t overUs = afterUs - nowUs - depthUs;
    if (overUs > 0) return (overUs + 999) / 1'000;
    fullAtUs = afterUs;
    return 0;
}

std::size_t RateLimit::accounts() {
    const std::lock_guard lock(m_mutex);
    return m_fullAtUs.size();
}

}  // namespace hashira::datastore

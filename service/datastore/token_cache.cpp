// SPDX-License-Identifier: MIT
#include "datastore/token_cache.h"

#include "datastore/limits.h"

namespace hashira::datastore {
namespace {

/// How long a looked up token is taken without another look.
constexpr std::int64_t kTokenMs = 1'000;
constexpr std::size_t kTokens = 100'000;

/// No account's, nor a token's.
std::string strangerLane(const std::string& tokenHash) {
    const auto first = static_cast<unsigned char>(tokenHash.empty() ? 0 : tokenHash.back());
    return "stranger " + std::to_string(first % limits::kStrangerLanes);
}

}  // namespace

std::optional<AccountKey> TokenCache::find(const std::string& tokenHash, std::int64_t steadyMs) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_tokens.find(tokenHash);
    if (at == m_tokens.end() || at->second.untilMs <= steadyMs) return {};
    return at->second.account;
}

void TokenCache::put(const std::string& tokenHash, const AccountKey& account,
                     std::int64_t steadyMs) {
    const std::lock_guard lock(m_mutex);
    if (m_tokens.size() >= kTokens) m_tokens.clear();
    m_tokens[tokenHash] = {account, steadyMs + kTokenMs};
}

void TokenCache::erase(const std::string& tokenHash) {
    const std::lock_guard lock(m_mutex);
    m_tokens.erase(tokenHash);
}

bool TokenCache::knows(const std::string& tokenHash) {
    const std::lock_guard lock(m_mutex);
    return m_tokens.count(tokenHash) > 0;
}

std::string TokenCache::laneOf(const std::string& tokenHash) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_tokens.find(tokenHash);
    return at == m_tokens.end() ? strangerLane(tokenHash) : at->second.account.id;
}

std::string TokenCache::readLaneOf(const std::string& tokenHash) {
    const std::lock_guard lock(m_mutex);
    return m_tokens.count(tokenHash) == 0 ? strangerLane(tokenHash) : tokenHash;
}

}  // namespace hashira::datastore

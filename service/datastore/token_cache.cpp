// SPDX-License-Identifier: MIT
#include "datastore/token_cache.h"

namespace hashira::datastore {
namespace {

/// How long a looked up token is taken without another look.
constexpr std::int64_t kTokenMs = 1'000;
constexpr std::size_t kTokens = 100'000;

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

std::string TokenCache::laneOf(const std::string& tokenHash) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_tokens.find(tokenHash);
    return at == m_tokens.end() ? tokenHash : at->second.account.id;
}

}  // namespace hashira::datastore

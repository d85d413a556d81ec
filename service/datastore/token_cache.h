// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/accounts.h"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace hashira::datastore {

/// The tokens that were looked up lately: a call costs no look for each. Thread-safe.
class TokenCache {
public:
    /// The account that the token named within the last second.
    std::optional<AccountKey> find(const std::string& tokenHash, std::int64_t steadyMs);
    void put(const std::string& tokenHash, const AccountKey& account, std::int64_t steadyMs);
    void erase(const std::string& tokenHash);
    /// What the calls of one account have in common: its UUID; the token's hash as long as nothing
    /// is known of it.
    std::string laneOf(const std::string& tokenHash);

private:
    struct Known {
        AccountKey account;
        std::int64_t untilMs = 0;  ///< steady
    };
    std::mutex m_mutex;
    std::unordered_map<std::string, Known> m_tokens;
};

}  // namespace hashira::datastore

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
    /// Whether anything is known of the token: it named an account when it was last looked up.
    bool knows(const std::string& tokenHash);
    /// The lane of what writes: one for each account, by its UUID, as its calls would wait for each
    /// other's row; a few for all tokens of which nothing is known (limits.h).
    std::string laneOf(const std::string& tokenHash);
    /// The lane of a Fetch: one for each token, so that a device that reads slowly holds one
    /// reader.
    std::string readLaneOf(const std::string& tokenHash);

private:
    struct Known {
        AccountKey account;
        std::int64_t untilMs = 0;  ///< steady
    };
    std::mutex m_mutex;
    std::unordered_map<std::string, Known> m_tokens;
};

}  // namespace hashira::datastore

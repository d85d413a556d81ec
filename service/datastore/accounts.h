// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "datastore/sql_database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Who may use the datastore: accounts and their access tokens. Each function is a transaction of
/// its own and works beside a running server. Errors: kNotFound, kInvalid, and those of the
/// database.
namespace hashira::datastore {

/// An account as its rows are keyed. SQLite may give a number again to another account: a row is
/// its own only where the UUID is too.
struct AccountKey {
    std::int64_t number = 0;
    std::string id;  ///< UUID
};

}  // namespace hashira::datastore

namespace hashira::datastore::accounts {

struct Account {
    std::string id;
    std::string name;
    std::uint64_t version = 0;
    std::uint64_t documents = 0;
    std::int64_t bytes = 0;  ///< of the documents' texts
};

struct Token {
    std::string id;  ///< the first 12 digits of its hash
    std::int64_t createdMs = 0;
    std::optional<std::int64_t> usedMs;  ///< to five minutes
};

/// A new account with a new incarnation; its UUID. `id` makes an account again whose datastore was
/// emptied: its devices recognise it and make it whole.
Result<std::string> add(SqlDatabase& database, const std::string& name, const std::string& id,
                        const Clock& clock, Random& random);
Result<std::vector<Account>> list(SqlDatabase& database);
/// By its UUID.
Result<AccountKey> find(SqlDatabase& database, const std::string& id);
/// With all its tasks and tokens.
Status remove(SqlDatabase& database, const std::string& name);

/// 256 random bits in hexadecimal: the only time that it can be read.
Result<std::string> newToken(SqlDatabase& database, const std::string& name, const Clock& clock,
                             Random& random);
Result<std::vector<Token>> listTokens(SqlDatabase& database, const std::string& name);
/// One token by its id, or all of the account where `id` is empty; how many.
Result<int> revokeTokens(SqlDatabase& database, const std::string& name, const std::string& id);

/// SHA-256 in hexadecimal: what is stored of a token.
std::string tokenHash(const std::string& token);

struct TokenOwner {
    AccountKey account;
    std::optional<std::int64_t> usedMs;
};
/// Nothing: not known, or revoked.
Result<std::optional<TokenOwner>> ownerOf(SqlDatabase& database, const std::string& tokenHash);
/// Those of the hashes that are of no token, or of one that was revoked.
Result<std::vector<std::string>> unknownTokens(SqlDatabase& database,
                                               const std::vector<std::string>& tokenHashes);
Status tokenUsed(SqlDatabase& database, const std::string& tokenHash, std::int64_t nowMs);

}  // namespace hashira::datastore::accounts

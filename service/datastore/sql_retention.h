// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/accounts.h"
#include "datastore/repository.h"
#include "datastore/sql_database.h"

#include <cstdint>
#include <string>
#include <vector>

/// The SQL of what is kept for a set time. Within a transaction of the account (`key`), whose head
/// is locked, but for what says otherwise.
namespace hashira::datastore::retention {

// As Transaction's members of these names.
Result<std::vector<std::string>> deletedBefore(SqlDatabase& database, std::int64_t key,
                                               std::int64_t beforeMs, int most);
Result<int> packVersions(SqlDatabase& database, std::int64_t key, std::uint64_t newest,
                         std::int64_t beforeMs, int count);
Result<int> forgetRefusals(SqlDatabase& database, std::int64_t key, std::int64_t beforeMs,
                           int most);
/// kOld, or kNo.
Result<Known> knowsPacked(SqlDatabase& database, std::int64_t key, const sync::Cursor& cursor);

/// Whether a round is due, `intervalMs` after the last one began, whichever program began it; then
/// it is the caller's. By itself, without a transaction around it.
Result<bool> beginRound(SqlDatabase& database, std::int64_t nowMs, std::int64_t intervalMs);

/// The next accounts after `key`, by number, at most `most`, and whether there is anything to be
/// done for each. By itself.
struct Due {
    AccountKey account;
    bool due = false;
};
Result<std::vector<Due>> nextAccounts(SqlDatabase& database, std::int64_t key, int most,
                                      std::int64_t tombstonesMs, std::int64_t versionsMs,
                                      int versions);

}  // namespace hashira::datastore::retention

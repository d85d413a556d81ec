// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/accounts.h"
#include "datastore/repository.h"
#include "datastore/sql_database.h"

#include <memory>

namespace hashira::datastore {

/// Begins a transaction of the account. Not committed, it is rolled back; one at a time on a
/// connection. kUnauthenticated: the account does not exist (any more). A transaction that reads
/// sees one snapshot, and must not write.
Result<std::unique_ptr<Transaction>> beginTransaction(SqlDatabase& database, Scope::Mode mode,
                                                      const AccountKey& account);

}  // namespace hashira::datastore

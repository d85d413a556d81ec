// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

class QSqlDatabase;

namespace hashira::store {

/// Statements use the handles that QtSql opened. Where QtSql's driver has a SQLite of its own
/// within it, as on Windows, there are two copies of the library in the process: that is sound only
/// while both are of the very same source and options, since each reads what the other laid out.
/// Makes ours ready for handles of the other one. kInternal: they are not the same. Looks once in a
/// process.
Status useLibraryOf(const QSqlDatabase& connection);

}  // namespace hashira::store

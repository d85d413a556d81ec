// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <string>

namespace hashira {

/// Looks at a database file before SQLite does. SQLite takes a file of less than 512 bytes for an
/// empty one, whatever is in it, and writes over it; and it deletes a log whose file is empty or
/// missing. Both would destroy what can still be read or salvaged. kCorrupt: it is such a file;
/// what is longer and no database, SQLite refuses by itself. Opens nothing: closing a descriptor of
/// the file would release this process's locks on it.
Status checkDatabaseFile(const std::string& path);

}  // namespace hashira

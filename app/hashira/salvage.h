// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace hashira::cli {

struct Salvaged {
    std::vector<std::string> lines;  ///< one JSON object a task, as `import` reads them
    std::size_t commands = 0;        ///< rows that were read
    std::size_t unreadable = 0;      ///< rows that were not, or made no sense
};

/// Merges the commands of a copy of an outbox into tasks. Opens it read-only and never writes
/// beside it; rows of damaged pages are skipped.
Result<Salvaged> salvageOutbox(const std::string& file);

}  // namespace hashira::cli

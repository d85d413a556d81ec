// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <string>

namespace hashirad {

/// The endpoint of the daemon that holds the data directory, waited for while that one is still
/// starting. Errors: nobody holds it, or it does not answer.
hashira::Result<std::string> waitForHolder(const std::string& dataDir);

}  // namespace hashirad

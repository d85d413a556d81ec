// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/endpoint.h"

#include <filesystem>

/// The few lines where front ends meet the operating system; one file for each.
namespace hashira::frontend {

/// Where the daemon keeps the tasks unless it is told another place.
std::filesystem::path defaultDataDirectory(const Variables& variable);
/// Where a program notes what it wants to know next time.
std::filesystem::path defaultStateDirectory(const Variables& variable);
/// Where a daemon with that data directory listens unless it is told another place.
std::string defaultAddress(const std::filesystem::path& dataDirectory, const Variables& variable);

}  // namespace hashira::frontend

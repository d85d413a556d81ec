// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace hashira {

/// Replaces the file, which only its owner may read: a reader sees the old text or the new one
/// whole. Its directory must be there. Not synced: what is written so can be made again. Errors:
/// kDiskFull, kPrecondition.
Status writePrivateFile(const std::filesystem::path& file, std::string_view text);

}  // namespace hashira

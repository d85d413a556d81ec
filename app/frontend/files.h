// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace hashira::frontend {

/// The whole file, or nothing; of a file that is larger than `most` bytes its beginning.
std::optional<std::string> readFile(const std::filesystem::path& file,
                                    std::size_t most = std::string::npos);

}  // namespace hashira::frontend

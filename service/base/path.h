// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace hashira {

/// Names of files travel through the programs as text: UTF-8 on Windows, where std::filesystem
/// takes plain strings for the old code page, and elsewhere whatever bytes they are.
inline std::filesystem::path toPath(std::string_view text) {
    return std::u8string(text.begin(), text.end());
}

inline std::string fromPath(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

}  // namespace hashira

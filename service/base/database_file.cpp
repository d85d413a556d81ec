// SPDX-License-Identifier: MIT
#include "base/database_file.h"

#include "base/path.h"

#include <cstdint>
#include <filesystem>

namespace hashira {
namespace {

/// The smallest page, so the smallest database.
constexpr std::uintmax_t kLeastBytes = 512;

std::uintmax_t sizeOf(const std::string& path) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(toPath(path), problem);
    return problem ? 0 : size;
}

}  // namespace

Status checkDatabaseFile(const std::string& path) {
    std::error_code problem;
    if (std::filesystem::is_directory(toPath(path), problem))
        return Error{ErrorCode::kPrecondition, path + ": is a directory, not a database"};
    const std::uintmax_t size = sizeOf(path);
    if (size == 0) {
        if (sizeOf(path + "-wal") == 0) return {};
        return Error{ErrorCode::kCorrupt,
                     path + ": is empty or missing, but its log " + path + "-wal is not"};
    }
    if (size >= kLeastBytes) return {};
    return Error{ErrorCode::kCorrupt,
                 path + ": is no database, or damaged: it is shorter than any"};
}

}  // namespace hashira

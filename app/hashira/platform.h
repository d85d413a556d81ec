// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

/// The few lines where the CLI meets the operating system.
namespace hashira::cli {

bool isTerminal(int descriptor);
/// Of the terminal at that descriptor; 80 and 24 where it does not tell.
int terminalColumns(int descriptor);
int terminalRows(int descriptor);

/// A line of the terminal that is not shown while it is typed; nothing after Ctrl-C or Ctrl-D.
std::optional<std::string> readSecret(const std::string& prompt);

/// SIGINT and SIGTERM call `handler` on a thread of its own, once, instead of ending the process.
/// Call before other threads start.
void handleInterrupt(std::function<void()> handler);

/// Replaces the file at once, readable by its owner only; makes its directory.
Status writePrivateFile(const std::filesystem::path& file, const std::string& text);

/// Holds `file`.lock while it lives; where that cannot be had it goes on without.
class FileLock {
public:
    explicit FileLock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int m_descriptor = -1;
};

}  // namespace hashira::cli

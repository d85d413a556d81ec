// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <memory>
#include <string>

/// The few lines where the daemon meets the operating system; one file for each.
namespace hashira::daemon {

/// Ours alone while it lives. The system releases it with the process, however that ends.
class FileLock {
public:
    virtual ~FileLock() = default;
    /// Makes the file where it is missing; it is never removed. Errors: kBusy, whose words are the
    /// id of the process that holds it, or empty; kPrecondition, kDiskFull.
    static Result<std::unique_ptr<FileLock>> take(const std::string& path);
};

/// Gives back to the system what a process at rest has no use for: free pieces of the heap, and
/// what is in memory of the files of program and libraries. That stays in the system's cache, and
/// each page comes back when it is used next. Any thread; Linux.
void leaveUnusedMemory();

/// Whether a program answers on that Unix socket now.
bool isSocketAlive(const std::string& path);

}  // namespace hashira::daemon

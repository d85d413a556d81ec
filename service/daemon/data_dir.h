// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <memory>
#include <string>

namespace hashira::daemon {

class FileLock;

/// A data directory that is ours alone while this lives. The system releases the lock with the
/// process, however it ends.
class DataDir {
public:
    /// Makes the directory (0700) where it is missing, and takes its lock. Errors: kBusy, naming
    /// the process that holds it; kPrecondition, kDiskFull.
    static Result<std::unique_ptr<DataDir>> lock(const std::string& path);
    ~DataDir();
    DataDir(const DataDir&) = delete;
    DataDir& operator=(const DataDir&) = delete;

    const std::string& path() const { return m_path; }

    /// Leaves word of where front ends reach us, for endpointOfHolder(), as long as this lives.
    Status announce(const std::string& endpoint);
    /// Where the daemon that holds the directory is reached. kNotFound: nobody holds it; kBusy:
    /// somebody does who has not announced it yet.
    static Result<std::string> endpointOfHolder(const std::string& path);

private:
    DataDir(std::string path, std::unique_ptr<FileLock> lock);

    const std::string m_path;
    const std::unique_ptr<FileLock> m_lock;
};

}  // namespace hashira::daemon

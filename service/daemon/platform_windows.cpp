// SPDX-License-Identifier: MIT
#include "daemon/platform.h"

#include "base/path.h"
#include "base/windows_system.h"

namespace hashira::daemon {
namespace {

/// Locks of Windows keep others from reading too, so that it lies far behind the pid.
constexpr DWORD kLockedByte = 0x4000'0000;

class RangeLock final : public FileLock {
public:
    explicit RangeLock(HANDLE handle) : m_handle(handle) {}
    HANDLE get() const { return m_handle.get(); }

private:
    const windows::Handle m_handle;
};

std::string readPid(HANDLE file) {
    char text[32] = {};
    DWORD size = 0;
    if (!ReadFile(file, text, sizeof text, &size, nullptr)) return {};
    const std::string pid(text, size);
    return pid.substr(0, pid.find_first_not_of("0123456789"));
}

bool writePid(HANDLE file) {
    const std::string pid = std::to_string(GetCurrentProcessId()) + "\n";
    DWORD size = 0;
    return SetEndOfFile(file) &&
           WriteFile(file, pid.data(), static_cast<DWORD>(pid.size()), &size, nullptr);
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::take(const std::string& path) {
    const auto failed = [&] {
        const DWORD error = GetLastError();
        return Error{error == ERROR_DISK_FULL ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
                     "cannot lock the data directory: " + path + ": " + windows::message(error)};
    };
    auto lock = std::make_unique<RangeLock>(
        CreateFileW(toPath(path).c_str(), GENERIC_READ | GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_ALWAYS,
                    FILE_ATTRIBUTE_NORMAL, nullptr));
    if (lock->get() == INVALID_HANDLE_VALUE) return failed();
    OVERLAPPED place{};
    place.Offset = kLockedByte;
    if (!LockFileEx(lock->get(), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                    &place)) {
        const DWORD error = GetLastError();
        return error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING
                   ? Error{ErrorCode::kBusy, readPid(lock->get())}
                   : failed();
    }
    if (!writePid(lock->get())) return failed();
    return std::unique_ptr<FileLock>(std::move(lock));
}

/// Windows takes from a process at rest by itself what others need.
void leaveUnusedMemory() {}

bool isSocketAlive(const std::string&) {
    return false;  // there are none
}

}  // namespace hashira::daemon

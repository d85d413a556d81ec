// SPDX-License-Identifier: MIT
#include "base/private_file.h"

#include "base/path.h"
#include "base/windows_system.h"

#include <sddl.h>

#include <vector>

namespace hashira {
namespace {

Error failed(const std::filesystem::path& file) {
    const DWORD error = GetLastError();
    const bool full = error == ERROR_DISK_FULL || error == ERROR_WRITE_PROTECT;
    return {full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
            fromPath(file) + ": cannot be written: " + windows::message(error)};
}

/// The user of this process as text, "S-1-5-…"; empty where the system does not tell.
std::wstring userId() {
    HANDLE opened = nullptr;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened)) return {};
    const windows::Handle token(opened);
    DWORD size = 0;
    GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
    std::vector<char> user(size);
    if (!GetTokenInformation(token.get(), TokenUser, user.data(), size, &size)) return {};
    wchar_t* text = nullptr;
    if (!ConvertSidToStringSidW(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid, &text))
        return {};
    std::wstring id = text;
    LocalFree(text);
    return id;
}

/// Full access for the user and the system, none for others, whatever the directory hands down.
class OwnerOnly {
public:
    OwnerOnly() {
        const std::wstring user = userId();
        if (user.empty()) return;
        const std::wstring rules = L"D:P(A;;FA;;;SY)(A;;FA;;;" + user + L")";
        if (ConvertStringSecurityDescriptorToSecurityDescriptorW(rules.c_str(), SDDL_REVISION_1,
                                                                 &m_descriptor, nullptr))
            m_attributes.lpSecurityDescriptor = m_descriptor;
    }
    ~OwnerOnly() { LocalFree(m_descriptor); }
    OwnerOnly(const OwnerOnly&) = delete;
    OwnerOnly& operator=(const OwnerOnly&) = delete;

    bool known() const { return m_descriptor != nullptr; }
    SECURITY_ATTRIBUTES* get() { return &m_attributes; }

private:
    PSECURITY_DESCRIPTOR m_descriptor = nullptr;
    SECURITY_ATTRIBUTES m_attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

Status writeNew(const std::filesystem::path& file, std::string_view text) {
    OwnerOnly owner;
    if (!owner.known()) return failed(file);
    const windows::Handle handle(CreateFileW(file.c_str(), GENERIC_WRITE, 0, owner.get(),
                                             CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!handle.valid()) return failed(file);
    DWORD written = 0;
    if (!WriteFile(handle.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr) ||
        written != text.size())
        return failed(file);
    return {};
}

}  // namespace

Status writePrivateFile(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::path fresh = file;
    fresh += L".new";
    if (!DeleteFileW(fresh.c_str()) && GetLastError() != ERROR_FILE_NOT_FOUND) return failed(fresh);
    if (Status written = writeNew(fresh, text); !written) return written;
    if (!MoveFileExW(fresh.c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING)) return failed(file);
    return {};
}

}  // namespace hashira

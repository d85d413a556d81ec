// SPDX-License-Identifier: MIT
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

/// What the files for Windows share. Text is UTF-16 there and UTF-8 with us; what is neither is
/// replaced.
namespace hashira::windows {

std::wstring wide(std::string_view utf8);
std::string utf8(std::wstring_view text);

/// The system's words for what GetLastError() told.
std::string message(DWORD error);

/// A handle that closes itself.
class Handle {
public:
    explicit Handle(HANDLE handle = INVALID_HANDLE_VALUE) : m_handle(handle) {}
    ~Handle();
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    bool valid() const { return m_handle != INVALID_HANDLE_VALUE && m_handle != nullptr; }
    HANDLE get() const { return m_handle; }

private:
    const HANDLE m_handle;
};

}  // namespace hashira::windows

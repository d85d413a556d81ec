// SPDX-License-Identifier: MIT
#include "platform.h"

#include "base/windows_system.h"

#include <shellapi.h>

#include <fcntl.h>
#include <io.h>

#include <cstdio>
#include <utility>

namespace hashira::cli {
namespace {

using windows::utf8;
using windows::wide;

/// What the terminal was set to before, to be set back: it outlives us.
struct Console {
    UINT codePage = 0;
    DWORD mode = 0;
    HANDLE handle = INVALID_HANDLE_VALUE;
} console;

/// What Ctrl-C calls.
std::function<void()> interrupted;

HANDLE handleOf(int descriptor) {
    return GetStdHandle(descriptor == 0   ? STD_INPUT_HANDLE
                        : descriptor == 1 ? STD_OUTPUT_HANDLE
                                          : STD_ERROR_HANDLE);
}

CONSOLE_SCREEN_BUFFER_INFO sizeOf(int descriptor) {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (!GetConsoleScreenBufferInfo(handleOf(descriptor), &info)) info = {};
    return info;
}

/// Without the line's end.
std::wstring readConsoleLine(HANDLE input) {
    std::wstring line;
    wchar_t text[256];
    DWORD count = 0;
    while (ReadConsoleW(input, text, std::size(text), &count, nullptr) && count > 0) {
        line.append(text, count);
        if (line.back() == L'\n') break;
    }
    while (!line.empty() && (line.back() == L'\n' || line.back() == L'\r')) line.pop_back();
    return line;
}

}  // namespace

Process::Process(int, char**) {
    int count = 0;
    // The C library's arguments are in the old code page, which loses letters.
    if (wchar_t** all = CommandLineToArgvW(GetCommandLineW(), &count); all != nullptr) {
        for (int i = 1; i < count; ++i) m_arguments.push_back(utf8(all[i]));
        LocalFree(all);
    }
    // One line ends as it does elsewhere, also in a file.
    for (std::FILE* stream : {stdin, stdout, stderr}) _setmode(_fileno(stream), _O_BINARY);
    for (const int descriptor : {1, 2}) {
        if (!isTerminal(descriptor)) continue;
        console.handle = handleOf(descriptor);
        console.codePage = GetConsoleOutputCP();
        SetConsoleOutputCP(CP_UTF8);
        // Else colours would be shown as characters.
        if (GetConsoleMode(console.handle, &console.mode))
            SetConsoleMode(console.handle, console.mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
        return;
    }
}

Process::~Process() {
    if (console.handle == INVALID_HANDLE_VALUE) return;
    std::fflush(stdout);
    SetConsoleMode(console.handle, console.mode);
    SetConsoleOutputCP(console.codePage);
}

std::string Process::variable(const char* name) const {
    const wchar_t* value = _wgetenv(wide(name).c_str());
    return value == nullptr ? "" : utf8(value);
}

bool isTerminal(int descriptor) {
    DWORD mode = 0;
    return GetConsoleMode(handleOf(descriptor), &mode) != 0;
}

int terminalColumns(int descriptor) {
    const CONSOLE_SCREEN_BUFFER_INFO info = sizeOf(descriptor);
    const int columns = info.srWindow.Right - info.srWindow.Left + 1;
    return columns > 1 ? columns : 80;
}

int terminalRows(int descriptor) {
    const CONSOLE_SCREEN_BUFFER_INFO info = sizeOf(descriptor);
    const int rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    return rows > 1 ? rows : 24;
}

std::optional<std::string> readSecret(const std::string& prompt) {
    const auto open = [](const wchar_t* name) {
        return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                           nullptr, OPEN_EXISTING, 0, nullptr);
    };
    const windows::Handle input(open(L"CONIN$"));
    const windows::Handle output(open(L"CONOUT$"));
    DWORD before = 0;
    if (!input.valid() || !output.valid() || !GetConsoleMode(input.get(), &before)) return {};
    const auto say = [&](const std::wstring& text) {
        DWORD written = 0;
        WriteConsoleW(output.get(), text.data(), static_cast<DWORD>(text.size()), &written,
                      nullptr);
    };
    say(wide(prompt));
    SetConsoleMode(input.get(), (before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT)) |
                                    ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT);
    const std::wstring line = readConsoleLine(input.get());
    SetConsoleMode(input.get(), before);
    say(L"\r\n");
    if (line.empty()) return {};
    return utf8(line);
}

bool waitForEnd(std::uint64_t process, int ms) {
    const windows::Handle opened(OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(process)));
    return !opened.valid() ||
           WaitForSingleObject(opened.get(), static_cast<DWORD>(ms)) == WAIT_OBJECT_0;
}

void handleInterrupt(std::function<void()> handler) {
    interrupted = std::move(handler);
    SetConsoleCtrlHandler(
        [](DWORD event) -> BOOL {
            if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
            // The system calls on a thread of its own.
            if (const auto once = std::exchange(interrupted, {})) once();
            return TRUE;
        },
        TRUE);
}

namespace {

class RangeLock final : public FileLock {
public:
    explicit RangeLock(HANDLE file) : m_file(file) {}
    bool take() const {
        OVERLAPPED place{};
        return m_file.valid() &&
               LockFileEx(m_file.get(), LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &place) != 0;
    }

private:
    const windows::Handle m_file;
};

}  // namespace

std::unique_ptr<FileLock> FileLock::wait(const std::filesystem::path& file) {
    auto lock = std::make_unique<RangeLock>(
        CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!lock->take()) return nullptr;
    return lock;
}

}  // namespace hashira::cli

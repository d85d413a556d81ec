// SPDX-License-Identifier: MIT
#include "platform.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

namespace hashira::cli {
namespace {

winsize sizeOf(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) size = {};
    return size;
}

Error fileError(const std::filesystem::path& file) {
    return {ErrorCode::kPrecondition, file.string() + ": " + std::strerror(errno)};
}

Status makeDirectory(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!error) return {};
    return Error{ErrorCode::kPrecondition, directory.string() + ": " + error.message()};
}

/// Up to Enter, with Backspace and Ctrl-U.
std::optional<std::string> readHidden(int terminal) {
    constexpr char kCtrlC = 3;
    constexpr char kCtrlD = 4;
    constexpr char kCtrlU = 21;
    constexpr char kDelete = 127;
    std::string line;
    for (char c = 0; read(terminal, &c, 1) == 1;) {
        if (c == '\n' || c == '\r') return line;
        if (c == kCtrlC || c == kCtrlD) return {};
        if (c == kCtrlU)
            line.clear();
        else if (c == kDelete || c == '\b')
            line.resize(line.empty() ? 0 : line.size() - 1);
        else
            line += c;
    }
    return {};
}

}  // namespace

bool isTerminal(int descriptor) {
    return isatty(descriptor) == 1;
}

int terminalColumns(int descriptor) {
    const int columns = sizeOf(descriptor).ws_col;
    return columns > 0 ? columns : 80;
}

int terminalRows(int descriptor) {
    const int rows = sizeOf(descriptor).ws_row;
    return rows > 0 ? rows : 24;
}

std::optional<std::string> readSecret(const std::string& prompt) {
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    termios before{};
    if (terminal < 0 || tcgetattr(terminal, &before) != 0) {
        if (terminal >= 0) close(terminal);
        return {};
    }
    // Ctrl-C is read as a character: the terminal must be set back whatever is typed.
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    tcsetattr(terminal, TCSAFLUSH, &quiet);
    (void)!write(terminal, prompt.data(), prompt.size());
    std::optional<std::string> line = readHidden(terminal);
    (void)!write(terminal, "\n", 1);
    tcsetattr(terminal, TCSAFLUSH, &before);
    close(terminal);
    return line;
}

void handleInterrupt(std::function<void()> handler) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, handler = std::move(handler)] {
        int received = 0;
        sigwait(&signals, &received);
        handler();
    }).detach();
}

Status writePrivateFile(const std::filesystem::path& file, const std::string& text) {
    if (const Status made = makeDirectory(file.parent_path()); !made) return made.error();
    const std::string fresh = file.string() + ".new";
    const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return fileError(fresh);
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const Error error = fileError(fresh);
            close(descriptor);
            return error;
        }
        written += static_cast<std::size_t>(count);
    }
    close(descriptor);
    if (rename(fresh.c_str(), file.c_str()) != 0) return fileError(file);
    return {};
}

FileLock::FileLock(const std::filesystem::path& file) {
    if (!makeDirectory(file.parent_path())) return;
    m_descriptor = open((file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m_descriptor >= 0) flock(m_descriptor, LOCK_EX);
}

FileLock::~FileLock() {
    if (m_descriptor >= 0) close(m_descriptor);
}

}  // namespace hashira::cli

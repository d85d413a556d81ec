// SPDX-License-Identifier: MIT
#include "platform.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace hashira::cli {
namespace {

winsize sizeOf(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) size = {};
    return size;
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

Process::Process(int argc, char** argv) : m_arguments(argv + 1, argv + argc) {
    ::umask(0077);  // a person's tasks are nobody else's to read
}

Process::~Process() = default;

std::string Process::variable(const char* name) const {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

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

bool waitForEnd(std::uint64_t process, int ms) {
    const auto pid = static_cast<pid_t>(process);
#ifdef SYS_pidfd_open
    if (const long opened = syscall(SYS_pidfd_open, pid, 0); opened >= 0) {
        pollfd ended{static_cast<int>(opened), POLLIN, 0};
        const bool gone = poll(&ended, 1, ms) == 1;
        close(ended.fd);
        return gone;
    }
#endif
    // Here nobody is told when a process ends that is not their child.
    using namespace std::chrono;
    const auto limit = steady_clock::now() + milliseconds(ms);
    while (kill(pid, 0) == 0 || errno == EPERM) {
        if (steady_clock::now() >= limit) return false;
        std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
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

namespace {

class Flock final : public FileLock {
public:
    explicit Flock(int descriptor) : m_descriptor(descriptor) { flock(m_descriptor, LOCK_EX); }
    ~Flock() override { close(m_descriptor); }

private:
    const int m_descriptor;
};

}  // namespace

std::unique_ptr<FileLock> FileLock::wait(const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return nullptr;
    return std::make_unique<Flock>(descriptor);
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The few lines where the CLI meets the operating system; one file for each.
namespace hashira::cli {

/// The process itself, for main.
class Process {
public:
    /// Its files are private, its output is UTF-8 as far as the system has to be told.
    Process(int argc, char** argv);
    /// The terminal is as it was found.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Without the program's name. Text is UTF-8.
    const std::vector<std::string>& arguments() const { return m_arguments; }
    /// Of the environment; empty: unset.
    std::string variable(const char* name) const;

private:
    std::vector<std::string> m_arguments;
};

bool isTerminal(int descriptor);
/// Of the terminal at that descriptor; 80 and 24 where it does not tell.
int terminalColumns(int descriptor);
int terminalRows(int descriptor);

/// A line of the terminal that is not shown while it is typed; nothing after Ctrl-C or Ctrl-D.
std::optional<std::string> readSecret(const std::string& prompt);

/// Waits at most that long for the process to be gone; false: it is still there.
bool waitForEnd(std::uint64_t process, int ms);

/// SIGINT and SIGTERM (Ctrl-C and Ctrl-Break) call `handler` on a thread of its own, once, instead
/// of ending the process. Call before other threads start.
void handleInterrupt(std::function<void()> handler);

/// A lock file, held while this lives.
class FileLock {
public:
    virtual ~FileLock() = default;
    /// Waits for it. Null where the file cannot be made: then it goes on without.
    static std::unique_ptr<FileLock> wait(const std::filesystem::path& file);
};

}  // namespace hashira::cli

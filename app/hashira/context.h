// SPDX-License-Identifier: MIT
#pragma once

#include "args.h"
#include "names.h"

#include "base/clock.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

namespace hashira::cli {

class UndoJournal;

/// How the verbs end: design §9.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNoDaemon = 3;

/// The process around the verbs; tests make their own.
struct Host {
    std::function<std::string(const char*)> variable;  ///< of the environment; empty: unset
    const Clock* clock = nullptr;
    Random* random = nullptr;
    std::istream* in = nullptr;
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
    bool inIsTerminal = false;
    bool outIsTerminal = false;
    bool errIsTerminal = false;
    std::function<int()> columns;  ///< of the terminal, at this moment
    std::function<int()> rows;
    /// Asks on the terminal for what must not be shown; nothing where the person gave it up.
    std::function<std::optional<std::string>(const std::string& prompt)> readSecret;
    /// Waits at most that long for the process to be gone; false: it is still there.
    std::function<bool(std::uint64_t process, int ms)> waitForEnd;
    std::function<std::unique_ptr<Client>(const Endpoint&)> makeClient;
    /// From now on an interrupt cancels the client instead of ending the process.
    std::function<void(Client&)> onInterrupt;
};

/// What a verb works with.
struct Context {
    Host& host;
    Client& client;
    UndoJournal& journal;
    const Invocation& args;
    std::ostream& out;
    std::ostream& err;
    bool json = false;
    bool color = false;
};

/// Runs one command line (without the program's name) and returns the exit code.
int run(const std::vector<std::string>& args, Host& host);

/// All verbs, in the order of the help.
const std::vector<VerbSpec>& allVerbs();

/// Where the daemon is by options, environment and defaults (design §9).
Endpoint resolveEndpoint(const Invocation& args, const Host& host);

/// Says what was wrong on stderr and returns the exit code that belongs to it.
int fail(Context& context, const Error& error);
/// Wrong usage: the words, and the verb's usage line.
int failUsage(Context& context, const std::string& problem);

}  // namespace hashira::cli

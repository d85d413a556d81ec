// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <functional>
#include <string>
#include <vector>

namespace hashirad {

/// The program that takes this one's place after an upgrade: in the same process, with the same
/// arguments, so that whoever started it still knows it. Where a running program's file cannot be
/// replaced (Windows) nobody ever calls. For the main thread.
class Successor {
public:
    /// `argv` as main() got it, before Qt took its own options away. The application must be there.
    Successor(std::vector<std::string> arguments, QString program);

    /// From now on SIGUSR1 calls `leave` in the event loop, once, if the program that is installed
    /// now can be run at all; else says why not on stderr, and all stays as it is.
    void onCall(std::function<void()> leave);
    bool called() const { return m_called && !m_cancelled; }
    /// Who is told to end, ends, whichever was heard first.
    void cancel() { m_cancelled = true; }
    /// Becomes the successor. Returns only where that fails: the exit code, after saying why.
    int begin();

private:
    bool runs() const;

    std::vector<std::string> m_arguments;
    const QString m_program;
    bool m_called = false;
    bool m_cancelled = false;
};

}  // namespace hashirad

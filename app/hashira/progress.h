// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

namespace hashira::cli {

/// A bar on stderr for what takes long; nothing where stderr is no terminal.
class Progress {
public:
    Progress(std::ostream& err, bool terminal, std::string words)
        : m_err(err), m_terminal(terminal), m_words(std::move(words)) {}
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::size_t done, std::size_t of);

private:
    std::ostream& m_err;
    const bool m_terminal;
    const std::string m_words;
    int m_percent = -1;
};

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace hashira::cli {

/// What --json prints goes through here: characters that a terminal would obey, and that JSON need
/// not escape (DEL, C1, those that turn the writing direction), leave as \uXXXX. The values stay.
class JsonStream final : public std::ostream {
public:
    /// `out` must outlive it. What was written is handed on at each end of a line and at a flush.
    explicit JsonStream(std::ostream& out) : std::ostream(nullptr), m_buffer(out) {
        rdbuf(&m_buffer);
    }
    ~JsonStream() override { flush(); }

private:
    class Buffer final : public std::streambuf {
    public:
        explicit Buffer(std::ostream& out) : m_out(out) {}

    private:
        int overflow(int c) override;
        std::streamsize xsputn(const char* text, std::streamsize size) override;
        int sync() override;

        std::ostream& m_out;
        std::string m_line;
    };
    Buffer m_buffer;
};

}  // namespace hashira::cli

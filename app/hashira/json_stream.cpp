// SPDX-License-Identifier: MIT
#include "json_stream.h"

#include "text.h"

namespace hashira::cli {

int JsonStream::Buffer::overflow(int c) {
    if (c == traits_type::eof()) return 0;
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

std::streamsize JsonStream::Buffer::xsputn(const char* text, std::streamsize size) {
    m_line.append(text, static_cast<std::size_t>(size));
    // Whole lines only: a character may come in two parts.
    const std::size_t end = m_line.rfind('\n');
    if (end == std::string::npos) return size;
    m_out << jsonPrintable(std::string_view(m_line).substr(0, end + 1));
    m_line.erase(0, end + 1);
    return m_out ? size : 0;
}

int JsonStream::Buffer::sync() {
    m_out << jsonPrintable(m_line) << std::flush;
    m_line.clear();
    return m_out ? 0 : -1;
}

}  // namespace hashira::cli

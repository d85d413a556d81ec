// SPDX-License-Identifier: MIT
#include "progress.h"

#include <ostream>

namespace hashira::cli {

Progress::~Progress() {
    if (m_percent >= 0) m_err << "\r\x1b[K" << std::flush;
}

void Progress::show(std::size_t done, std::size_t of) {
    if (!m_terminal || of == 0) return;
    const int percent = static_cast<int>(done * 100 / of);
    if (percent == m_percent) return;
    m_percent = percent;
    constexpr std::size_t kCells = 30;
    const std::size_t full = kCells * static_cast<std::size_t>(percent) / 100;
    m_err << "\r" << m_words << " [" << std::string(full, '#') << std::string(kCells - full, '.')
          << "] " << percent << " %" << std::flush;
}

}  // namespace hashira::cli

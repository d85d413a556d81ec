// SPDX-License-Identifier: MIT
#include "frontend/files.h"

#include <fstream>

namespace hashira::frontend {

std::optional<std::string> readFile(const std::filesystem::path& file, std::size_t most) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return {};
    std::string text;
    char block[64 * 1024];
    while (text.size() < most && (stream.read(block, sizeof block), stream.gcount() > 0))
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most) text.resize(most);
    return text;
}

}  // namespace hashira::frontend

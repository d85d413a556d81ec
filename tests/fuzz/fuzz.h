// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What the targets share. A target is one file with one LLVMFuzzerTestOneInput; libFuzzer drives
/// it (preset fuzz), or driver.cpp, which needs no clang.
namespace hashira::fuzz {

/// Ends the program where a property does not hold; the driver then tells the input.
void require(bool holds, std::string_view property);

/// Whether the bytes are UTF-8 as protobuf wants it: no surrogates, nothing overlong. Written apart
/// from the product's own check, to judge it.
bool isUtf8(std::string_view bytes);

/// Reads an input as parts that mutations of one part do not shift much: two bytes of length, then
/// the bytes; the last part may be cut off.
class Parts {
public:
    explicit Parts(std::string_view bytes) : m_rest(bytes) {}
    bool done() const { return m_rest.empty(); }
    std::uint8_t byte();
    std::string_view part();
    std::string_view rest() const { return m_rest; }

private:
    std::string_view m_rest;
};

}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

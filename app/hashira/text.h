// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Text for a terminal. All text is UTF-8; widths are in cells.
namespace hashira::cli {

/// Control characters (also C1, and those that turn the writing direction) and bytes that are no
/// UTF-8 written out, so that a task's name can neither move the cursor nor disguise itself.
/// `lines`: newline and tab stay. Escaped text stays as it is.
std::string escaped(std::string_view utf8, bool lines = false);

/// JSON text in which what `escaped` writes out stands as \uXXXX; what is no UTF-8 becomes \ufffd.
std::string jsonPrintable(std::string_view json);

/// Cells that the text takes: two for East Asian wide characters and emoji, none for combining
/// ones.
int displayWidth(std::string_view utf8);

/// At most `width` cells; what was cut is shown by "…".
std::string fitted(std::string_view utf8, int width);

/// Filled with spaces to `width` cells.
std::string padded(std::string_view utf8, int width);

/// Broken at spaces into lines of at most `width` cells, the last of at most `most` lines cut by
/// "…".
std::vector<std::string> wrapped(std::string_view utf8, int width, int most);

/// Whether `part` stands in `text`, whatever the case of the letters.
bool containsFolded(std::string_view text, std::string_view part);

/// Colours, or nothing.
class Paint {
public:
    explicit Paint(bool color) : m_color(color) {}
    std::string operator()(const char* sgr, std::string_view text) const;

private:
    bool m_color;
};

inline constexpr char kBold[] = "1";
inline constexpr char kDim[] = "2";
inline constexpr char kRed[] = "31";
inline constexpr char kGreen[] = "32";
inline constexpr char kYellow[] = "33";
inline constexpr char kBlue[] = "34";
inline constexpr char kCyan[] = "36";

}  // namespace hashira::cli

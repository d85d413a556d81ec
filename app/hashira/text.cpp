// SPDX-License-Identifier: MIT
#include "text.h"

#include "base/utf8.h"

#include <QString>

#include <algorithm>
#include <cstdio>

namespace hashira::cli {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode 15, EastAsianWidth W and F, and emoji with emoji presentation; adjacent ranges joined.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26AA, 0x26AB},
    {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},   {0x26D4, 0x26D4},
    {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},
    {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F1E6, 0x1F1FF},
    {0x1F200, 0x1F265}, {0x1F300, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

// Combining marks of the scripts that people write names in, joiners and variation selectors.
constexpr Range kNarrowest[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF},   {0x05C1, 0x05C2},
    {0x05C4, 0x05C5},   {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670},   {0x06D6, 0x06DC},
    {0x06DF, 0x06E4},   {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x093A, 0x093A},   {0x093C, 0x093C},
    {0x0941, 0x0948},   {0x094D, 0x094D}, {0x0951, 0x0957}, {0x09BC, 0x09BC},   {0x09C1, 0x09C4},
    {0x09CD, 0x09CD},   {0x0A3C, 0x0A51}, {0x0ABC, 0x0ABC}, {0x0B3C, 0x0B3C},   {0x0BCD, 0x0BCD},
    {0x0C4D, 0x0C4D},   {0x0CCD, 0x0CCD}, {0x0D4D, 0x0D4D}, {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E},   {0x0EB1, 0x0EB1}, {0x0EB4, 0x0EBC}, {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},
    {0x200B, 0x200D},   {0x2060, 0x2064}, {0x20D0, 0x20FF}, {0x302A, 0x302D},   {0x3099, 0x309A},
    {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}, {0xE0020, 0xE007F},
    {0xE0100, 0xE01EF},
};

template <std::size_t n>
bool within(const Range (&ranges)[n], char32_t c) {
    for (const Range& range : ranges)
        if (c >= range.first && c <= range.last) return true;
    return false;
}

/// Bytes that are no text are told apart from characters by this.
constexpr char32_t kNoText = 0x110000;

/// The code point at `at`, and moves on. What is no UTF-8 counts as one character a byte, kNoText
/// plus the byte: what follows it must not be taken for a part of it.
char32_t nextPoint(std::string_view text, std::size_t& at) {
    const std::size_t length = utf8Sequence(text.substr(at));
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (length == 0) return kNoText + lead;
    char32_t point = length == 4   ? lead & 7U
                     : length == 3 ? lead & 15U
                     : length == 2 ? lead & 31U
                                   : lead;
    for (std::size_t i = 1; i < length; ++i)
        point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return point;
}

int pointWidth(char32_t c) {
    if (c < 0x300) return 1;
    if (within(kNarrowest, c)) return 0;
    return within(kWide, c) ? 2 : 1;
}

bool isHostile(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c >= kNoText || c == 0x200E || c == 0x200F ||
           c == 0x061C || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string escapeOf(char32_t c) {
    if (c == '\n') return "\\n";
    if (c == '\t') return "\\t";
    if (c == '\r') return "\\r";
    if (c >= kNoText) c -= kNoText;
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : "\\u%04x",
                  static_cast<unsigned>(c));
    return buffer;
}

/// Bytes of the longest beginning that takes at most `width` cells.
std::size_t bytesWithin(std::string_view text, int width) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t next = at;
        width -= pointWidth(nextPoint(text, next));
        if (width < 0) break;
        at = next;
    }
    return at;
}

}  // namespace

std::string escaped(std::string_view utf8, bool lines) {
    std::string out;
    out.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t begin = at;
        const char32_t c = nextPoint(utf8, at);
        if (isHostile(c) && !(lines && (c == '\n' || c == '\t')))
            out += escapeOf(c);
        else
            out.append(utf8, begin, at - begin);
    }
    return out;
}

std::string jsonPrintable(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t begin = at;
        const char32_t c = nextPoint(json, at);
        if (c < 0x20 || !isHostile(c)) {
            out.append(json, begin, at - begin);
            continue;
        }
        char buffer[16];
        std::snprintf(buffer, sizeof buffer, "\\u%04x",
                      static_cast<unsigned>(c >= kNoText ? 0xFFFD : c));
        out += buffer;
    }
    return out;
}

int displayWidth(std::string_view utf8) {
    int width = 0;
    for (std::size_t at = 0; at < utf8.size();) width += pointWidth(nextPoint(utf8, at));
    return width;
}

std::string fitted(std::string_view utf8, int width) {
    if (displayWidth(utf8) <= width) return std::string(utf8);
    if (width <= 0) return {};
    return std::string(utf8.substr(0, bytesWithin(utf8, width - 1))) + "…";
}

std::string padded(std::string_view utf8, int width) {
    std::string out(utf8);
    const int missing = width - displayWidth(utf8);
    if (missing > 0) out.append(static_cast<std::size_t>(missing), ' ');
    return out;
}

std::vector<std::string> wrapped(std::string_view utf8, int width, int most) {
    std::vector<std::string> lines;
    while (displayWidth(utf8) > width && static_cast<int>(lines.size()) + 1 < most) {
        const std::size_t fits = std::max<std::size_t>(bytesWithin(utf8, width), 1);
        std::size_t cut = utf8.rfind(' ', fits);
        const bool atSpace = cut != std::string_view::npos && cut > 0;
        if (!atSpace) cut = fits;
        lines.emplace_back(utf8.substr(0, cut));
        utf8.remove_prefix(atSpace ? cut + 1 : cut);
    }
    lines.push_back(fitted(utf8, width));
    return lines;
}

bool containsFolded(std::string_view text, std::string_view part) {
    const auto qt = [](std::string_view s) {
        return QString::fromUtf8(s.data(), static_cast<qsizetype>(s.size()));
    };
    return qt(text).contains(qt(part), Qt::CaseInsensitive);
}

std::string Paint::operator()(const char* sgr, std::string_view text) const {
    if (!m_color || text.empty()) return std::string(text);
    return "\x1b[" + std::string(sgr) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "model/json_scan.h"

#include <algorithm>
#include <utility>

namespace hashira::json {
namespace {

/// Walks over the text. Each member moves on and says whether it found what it looked for; none
/// reads beyond the end, whatever the text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : m_text(text) {}

    bool done() {
        skipSpace();
        return m_at == m_text.size();
    }

    /// That character, after white space.
    bool mark(char c) {
        skipSpace();
        if (m_at == m_text.size() || m_text[m_at] != c) return false;
        ++m_at;
        return true;
    }

    /// A string without escapes, with its quotes: canonical as it stands.
    bool string(std::string_view& value) {
        skipSpace();
        const std::size_t begin = m_at;
        if (!mark('"')) return false;
        while (m_at < m_text.size() && isPlain(m_text[m_at])) ++m_at;
        if (m_at == m_text.size() || m_text[m_at] != '"') return false;
        ++m_at;
        value = m_text.substr(begin, m_at - begin);
        return true;
    }

    /// A string, a whole number or a word.
    bool scalar(std::string_view& value) {
        skipSpace();
        if (string(value)) return true;
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && isOfWord(m_text[m_at])) ++m_at;
        value = m_text.substr(begin, m_at - begin);
        return value == "null" || value == "true" || value == "false" || isWhole(value);
    }

    /// The elements of an array, each as `take` is given it.
    template <typename Take>
    bool array(Take take) {
        if (!mark('[')) return false;
        if (mark(']')) return true;
        std::string_view element;
        do {
            if (!scalar(element)) return false;
            take(element);
        } while (mark(','));
        return mark(']');
    }

    bool value(std::string& out) {
        skipSpace();
        if (m_at < m_text.size() && m_text[m_at] == '[') {
            out = '[';
            const bool read = array([&](std::string_view element) {
                if (out.size() > 1) out += ',';
                out += element;
            });
            out += ']';
            return read;
        }
        std::string_view text;
        if (!scalar(text)) return false;
        out = text;
        return true;
    }

private:
    static bool isPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }
    static bool isOfWord(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
    static bool isWhole(std::string_view text) {
        return !text.empty() && (text.size() == 1 || text.front() != '0') &&
               std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    }
    void skipSpace() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' ||
                                        m_text[m_at] == '\r' || m_text[m_at] == '\t'))
            ++m_at;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

}  // namespace

std::optional<std::vector<Member>> scanObject(std::string_view text) {
    Scanner scanner(text);
    std::vector<Member> members;
    if (!scanner.mark('{')) return {};
    if (!scanner.mark('}')) {
        members.reserve(8);
        std::string_view name;
        do {
            Member& member = members.emplace_back();
            if (!scanner.string(name) || !scanner.mark(':') || !scanner.value(member.value))
                return {};
            member.name = name.substr(1, name.size() - 2);
        } while (scanner.mark(','));
        if (!scanner.mark('}')) return {};
    }
    if (!scanner.done()) return {};
    const auto less = [](const Member& a, const Member& b) { return a.name < b.name; };
    if (!std::is_sorted(members.begin(), members.end(), less))
        std::sort(members.begin(), members.end(), less);
    const auto same = [](const Member& a, const Member& b) { return a.name == b.name; };
    if (std::adjacent_find(members.begin(), members.end(), same) != members.end()) return {};
    return members;
}

std::optional<std::vector<std::string>> scanArray(std::string_view text) {
    Scanner scanner(text);
    std::vector<std::string> elements;
    if (!scanner.array([&](std::string_view element) { elements.emplace_back(element); }) ||
        !scanner.done())
        return {};
    return elements;
}

}  // namespace hashira::json

// SPDX-License-Identifier: MIT
#include "model/document.h"

#include "base/limits.h"
#include "model/json.h"
#include "model/uuid.h"

#include <charconv>

namespace hashira {
namespace {

/// Walks over canonical JSON. Each member moves on and says whether it found what it looked for;
/// none reads beyond the end, whatever the text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : m_text(text) {}

    bool done() const { return m_at == m_text.size(); }

    bool literal(std::string_view expected) {
        if (m_text.substr(m_at, expected.size()) != expected) return false;
        m_at += expected.size();
        return true;
    }

    /// A string, with its quotes.
    bool string(std::string_view& value) {
        const std::size_t begin = m_at;
        if (!literal("\"")) return false;
        while (m_at < m_text.size() && m_text[m_at] != '"') m_at += m_text[m_at] == '\\' ? 2 : 1;
        if (m_at >= m_text.size()) return false;
        ++m_at;
        value = m_text.substr(begin, m_at - begin);
        return true;
    }

    /// Any value: up to the comma or bracket that ends it on its own level.
    bool value(std::string_view& value) {
        const std::size_t begin = m_at;
        for (int depth = 0; m_at < m_text.size();) {
            const char c = m_text[m_at];
            std::string_view inner;
            if (c == '"') {
                if (!string(inner)) return false;
                continue;
            }
            if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
            if (c == '[' || c == '{') ++depth;
            if (c == ']' || c == '}') --depth;
            ++m_at;
        }
        value = m_text.substr(begin, m_at - begin);
        return !value.empty();
    }

    bool number(std::uint64_t& number) {
        const char* begin = m_text.data() + m_at;
        const auto [end, error] = std::from_chars(begin, m_text.data() + m_text.size(), number);
        m_at += static_cast<std::size_t>(end - begin);
        return error == std::errc() && end != begin;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

std::string_view inside(std::string_view quoted) {
    return quoted.substr(1, quoted.size() - 2);
}

bool scanField(Scanner& scanner, Document& document) {
    std::string_view name;
    std::string_view value;
    std::string_view stampText;
    if (!scanner.string(name) || !scanner.literal(":[") || !scanner.value(value) ||
        !scanner.literal(",") || !scanner.string(stampText) || !scanner.literal("]"))
        return false;
    auto stamp = Stamp::parse(inside(stampText));
    if (!stamp) return false;
    StampedField field{json::unquoted(name), std::string(value), std::move(*stamp)};
    if (!document.fields.empty() && document.fields.back().name >= field.name) return false;
    document.fields.push_back(std::move(field));
    return true;
}

}  // namespace

std::optional<VersionedDocument> scanDocument(std::string_view canonical) {
    if (canonical.size() > limits::kDocumentBytes) return {};
    VersionedDocument result;
    Scanner scanner(canonical);
    if (!scanner.literal("{\"fields\":{")) return {};
    result.document.fields.reserve(10);
    while (!scanner.literal("}")) {
        if (!result.document.fields.empty() && !scanner.literal(",")) return {};
        if (result.document.fields.size() == limits::kFields ||
            !scanField(scanner, result.document))
            return {};
    }
    std::string_view id;
    if (!scanner.literal(",\"id\":") || !scanner.string(id) || !isUuid(inside(id))) return {};
    result.document.id = inside(id);
    if (scanner.literal(",\"version\":") && !scanner.number(result.version)) return {};
    if (!scanner.literal("}") || !scanner.done()) return {};
    return result;
}

Result<VersionedDocument> readDocument(std::string_view canonical) {
    if (auto scanned = scanDocument(canonical)) return std::move(*scanned);
    return parseDocument(canonical);
}

}  // namespace hashira

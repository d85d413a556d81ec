// SPDX-License-Identifier: MIT
#include "model/json.h"

#include "model/json_scan.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace hashira::json {
namespace {

/// Nothing that is scanned is nested deeper.
constexpr int kScannedDepth = 2;

/// Writes canonical text while RapidJSON reads. Members of the outermost object, or elements of the
/// outermost array, are kept apart; deeper objects are sorted when they end.
class Canonical {
public:
    explicit Canonical(int depth) : m_depth(depth) {}
    bool Null() { return scalar("null"); }
    bool Bool(bool value) { return scalar(value ? "true" : "false"); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return scalar({text, size});
    }
    // Never called: numbers arrive as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    bool String(const char* text, rapidjson::SizeType size, bool) {
        if (!checkText({text, size})) return false;
        startValue();
        appendQuoted(m_out, {text, size});
        endValue();
        return true;
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        if (!checkText({text, size})) return false;
        m_frames.back().parts.push_back({std::string(text, size), m_out.size(), 0});
        return true;
    }
    bool StartObject() { return open(true); }
    bool StartArray() { return open(false); }
    bool EndObject(rapidjson::SizeType) {
        Frame frame = std::move(m_frames.back());
        m_frames.pop_back();
        if (!sortParts(frame)) return false;
        if (m_frames.empty()) return finish(std::move(frame));
        std::string text = "{";
        for (const Part& part : frame.parts) {
            if (text.size() > 1) text += ',';
            appendQuoted(text, part.name);
            text += ':';
            text.append(m_out, part.begin, part.end - part.begin);
        }
        text += '}';
        return replace(frame, text);
    }
    bool EndArray(rapidjson::SizeType) {
        Frame frame = std::move(m_frames.back());
        m_frames.pop_back();
        if (m_frames.empty()) return finish(std::move(frame));
        std::string text = "[";
        for (const Part& part : frame.parts) {
            if (text.size() > 1) text += ',';
            text.append(m_out, part.begin, part.end - part.begin);
        }
        text += ']';
        return replace(frame, text);
    }

    std::string problem;
    std::vector<Member> members;
    bool isObject = false;

private:
    struct Part {
        std::string name;
        std::size_t begin;
        std::size_t end;
    };
    struct Frame {
        bool object;
        std::size_t begin;
        std::vector<Part> parts;
    };

    /// RapidJSON checks the bytes that it reads and high surrogates, but lets an escaped lone low
    /// surrogate through, which is no UTF-8 (and would break every message that carries it).
    bool checkText(std::string_view text) {
        for (auto at = text.find('\xED'); at != std::string_view::npos;
             at = text.find('\xED', at + 1)) {
            if (at + 1 == text.size() || static_cast<unsigned char>(text[at + 1]) < 0xA0) continue;
            problem = "has half of a surrogate pair in a text";
            return false;
        }
        return true;
    }
    void startValue() {
        if (!m_frames.empty() && !m_frames.back().object)
            m_frames.back().parts.push_back({{}, m_out.size(), 0});
    }
    void endValue() {
        if (!m_frames.empty()) m_frames.back().parts.back().end = m_out.size();
    }
    bool scalar(std::string_view text) {
        startValue();
        m_out += text;
        endValue();
        return true;
    }
    bool open(bool object) {
        if (m_frames.size() >= static_cast<std::size_t>(m_depth)) {
            problem = "is nested more than " + std::to_string(m_depth) + " deep";
            return false;
        }
        startValue();
        m_frames.push_back({object, m_out.size(), {}});
        return true;
    }
    bool sortParts(Frame& frame) {
        const auto less = [](const Part& a, const Part& b) { return a.name < b.name; };
        if (!std::is_sorted(frame.parts.begin(), frame.parts.end(), less))
            std::sort(frame.parts.begin(), frame.parts.end(), less);
        const auto twice =
            std::adjacent_find(frame.parts.begin(), frame.parts.end(),
                               [](const Part& a, const Part& b) { return a.name == b.name; });
        if (twice == frame.parts.end()) return true;
        problem = "has the name " + quoted(twice->name) + " twice";
        return false;
    }
    bool replace(const Frame& frame, const std::string& text) {
        m_out.replace(frame.begin, std::string::npos, text);
        endValue();
        return true;
    }
    bool finish(Frame frame) {
        isObject = frame.object;
        members.reserve(frame.parts.size());
        for (Part& part : frame.parts)
            members.push_back(
                {std::move(part.name), m_out.substr(part.begin, part.end - part.begin)});
        return true;
    }

    int m_depth;
    std::string m_out;
    std::vector<Frame> m_frames;
};

Result<Canonical> parse(std::string_view text, bool object, int depth) {
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseNumbersAsStringsFlag;
    const char* expected = object ? "a JSON object" : "a JSON array";
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != (object ? '{' : '['))
        return invalid(std::string("is not ") + expected);
    // The reader takes a zero byte for the end of the text and would not see what follows.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return invalid("is not valid JSON at byte " + std::to_string(zero) + ": A zero byte.");
    Canonical handler(depth);
    rapidjson::Reader reader;
    rapidjson::MemoryStream memory(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
    const rapidjson::ParseResult parsed = reader.Parse<kFlags>(stream, handler);
    if (!handler.problem.empty()) return invalid(handler.problem);
    if (parsed.IsError())
        return invalid(std::string("is not valid JSON at byte ") + std::to_string(parsed.Offset()) +
                       ": " + rapidjson::GetParseError_En(parsed.Code()));
    return handler;
}

}  // namespace

Result<std::vector<Member>> parseObject(std::string_view text, int depth) {
    if (depth >= kScannedDepth)
        if (auto scanned = scanObject(text)) return std::move(*scanned);
    auto parsed = parse(text, true, depth);
    if (!parsed) return parsed.error();
    return std::move(parsed->members);
}

Result<std::vector<std::string>> parseArray(std::string_view text, int depth) {
    if (depth >= kScannedDepth)
        if (auto scanned = scanArray(text)) return std::move(*scanned);
    auto parsed = parse(text, false, depth);
    if (!parsed) return parsed.error();
    std::vector<std::string> elements;
    elements.reserve(parsed->members.size());
    for (Member& member : parsed->members) elements.push_back(std::move(member.value));
    return elements;
}

void appendQuoted(std::string& out, std::string_view utf8) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        out.append(utf8, plain, i - plain);
        plain = i + 1;
        switch (byte) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: {
                constexpr char kHex[] = "0123456789abcdef";
                out += "\\u00";
                out += kHex[byte >> 4];
                out += kHex[byte & 15];
            }
        }
    }
    out.append(utf8, plain, std::string_view::npos);
    out += '"';
}

std::string quoted(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size() + 2);
    appendQuoted(out, utf8);
    return out;
}

std::string unquoted(std::string_view value) {
    value = value.substr(1, value.size() - 2);
    std::string out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\') {
            out += value[i];
            continue;
        }
        switch (value[++i]) {
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case 't': out += '\t'; break;
            case 'u': {  // canonical text escapes control characters only: \u00XX
                const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
                out += static_cast<char>(digit(value[i + 3]) * 16 + digit(value[i + 4]));
                i += 4;
                break;
            }
            default: out += value[i];
        }
    }
    return out;
}

std::string object(const std::vector<Member>& members) {
    std::string out = "{";
    for (const Member& member : members) {
        if (out.size() > 1) out += ',';
        appendQuoted(out, member.name);
        out += ':';
        out += member.value;
    }
    out += '}';
    return out;
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

}  // namespace hashira::json

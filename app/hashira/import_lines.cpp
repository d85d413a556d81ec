// SPDX-License-Identifier: MIT
#include "import_lines.h"

#include "model/json.h"
#include "model/moment.h"

#include <QCryptographicHash>

#include <algorithm>
#include <istream>

namespace hashira::cli {
namespace {

constexpr const char* kDates[] = {"created", "started", "done", "due"};

/// Within the years that a date is written in: beyond them it would be refused.
std::chrono::sys_days shifted(std::chrono::sys_days day, std::chrono::days by) {
    using namespace std::chrono;
    return std::clamp(day + by, sys_days(year(1) / 1 / 1), sys_days(year(9999) / 12 / 31));
}

bool endsWith(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string_view withoutReturn(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    return line;
}

bool isBlankLine(std::string_view line) {
    return line.find_first_not_of(" \t") == std::string_view::npos;
}

std::string noon(std::string_view day, int offsetMinutes) {
    const auto parsed = parseDay(day);
    const std::int64_t local = parsed->time_since_epoch().count() * 86'400'000LL + 43'200'000;
    return json::quoted(formatMoment(local - offsetMinutes * 60'000LL, offsetMinutes));
}

/// The next word and the rest behind it.
std::string_view takeWord(std::string_view& rest) {
    const std::size_t begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        rest = {};
        return {};
    }
    const std::size_t end = std::min(rest.find_first_of(" \t", begin), rest.size());
    const std::string_view word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

bool isPriority(std::string_view word) {
    return word.size() == 3 && word[0] == '(' && word[2] == ')' && word[1] >= 'A' && word[1] <= 'Z';
}

/// What stands before the text of a todo.txt line.
struct TodoHead {
    bool done = false;
    std::string priority;
    std::string completion;
    std::string creation;
};

TodoHead takeHead(std::string_view& rest) {
    TodoHead head;
    const auto next = [&](auto accepts) {
        std::string_view after = rest;
        const std::string_view word = takeWord(after);
        if (!accepts(word)) return std::string();
        rest = after;
        return std::string(word);
    };
    const auto isDate = [](std::string_view word) { return parseDay(word).has_value(); };
    head.done = !next([](std::string_view word) { return word == "x"; }).empty();
    head.priority = next(isPriority);
    std::string first = next(isDate);
    std::string second = head.done && !first.empty() ? next(isDate) : std::string();
    // A done task names its completion first; one date alone of a done task is that.
    if (head.done) {
        head.completion = std::move(first);
        head.creation = std::move(second);
    } else {
        head.creation = std::move(first);
    }
    if (head.priority.empty()) head.priority = next(isPriority);
    return head;
}

FieldMap readTodoTxt(std::string_view line, int offsetMinutes) {
    std::string_view rest = line;
    const TodoHead head = takeHead(rest);
    FieldMap fields;
    std::vector<std::string> labels;
    if (!head.priority.empty()) labels.push_back(head.priority);
    std::string name;
    const std::string_view text = rest;
    for (std::string_view word = takeWord(rest); !word.empty(); word = takeWord(rest)) {
        const bool label = word.size() > 1 && (word[0] == '+' || word[0] == '@');
        if (label)
            labels.emplace_back(word);
        else if (word.substr(0, 4) == "due:" && parseDay(word.substr(4)))
            fields["due"] = json::quoted(word.substr(4));
        else if (word.substr(0, 4) == "pri:" && word.size() == 5)
            labels.push_back("(" + std::string(word.substr(4)) + ")");
        else
            name += (name.empty() ? "" : " ") + std::string(word);
    }
    // A line of nothing but labels still is a task.
    if (name.empty()) {
        std::string_view all = text;
        for (std::string_view word = takeWord(all); !word.empty(); word = takeWord(all))
            name += (name.empty() ? "" : " ") + std::string(word);
    }
    fields["name"] = json::quoted(name);
    std::vector<std::string> once;
    for (std::string& label : labels)
        if (std::find(once.begin(), once.end(), label) == once.end())
            once.push_back(std::move(label));
    if (!once.empty()) fields["labels"] = labelsJson(once);
    if (!head.creation.empty()) fields["created"] = noon(head.creation, offsetMinutes);
    if (!head.completion.empty()) fields["done"] = noon(head.completion, offsetMinutes);
    fields["place"] = head.done ? "\"done\"" : "\"backlog\"";
    return fields;
}

Result<FieldMap> readJsonLine(std::string_view line) {
    auto members = json::parseObject(line);
    if (!members) return members.error();
    FieldMap fields;
    for (json::Member& member : *members) {
        if (member.name == "before" || member.name == "after")
            return invalid(member.name + ": is not for an import; use rank");
        if (!json::isNull(member.value)) fields[member.name] = std::move(member.value);
    }
    if (fields.count("place") == 0)
        fields["place"] = fields.count("done") != 0 ? "\"done\"" : "\"backlog\"";
    return fields;
}

}  // namespace

ImportFormat guessFormat(std::string_view fileName, std::string_view text) {
    for (const std::string_view end : {".jsonl", ".ndjson", ".json"})
        if (endsWith(fileName, end)) return ImportFormat::kJsonLines;
    if (endsWith(fileName, ".txt")) return ImportFormat::kTodoTxt;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '{' ? ImportFormat::kJsonLines
                                                                 : ImportFormat::kTodoTxt;
}

Result<std::string> readText(std::istream& in) {
    constexpr std::size_t kEndless = 16 * kLineBytes;
    std::string text;
    std::size_t lines = 1;
    std::size_t inLine = 0;
    char block[64 * 1024];
    while (in.read(block, sizeof block), in.gcount() > 0) {
        std::string_view rest(block, static_cast<std::size_t>(in.gcount()));
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            const std::size_t size = std::min(end, rest.size());
            // One byte more tells LineReader that it was too long.
            text.append(rest, 0, std::min(size, kLineBytes + 1 - std::min(inLine, kLineBytes + 1)));
            inLine += size;
            if (inLine > kEndless)
                return invalid("line " + std::to_string(lines) +
                               " does not end: this is no text of lines");
            rest.remove_prefix(size);
            if (end == std::string_view::npos) break;
            text += '\n';
            rest.remove_prefix(1);
            ++lines;
            inLine = 0;
        }
    }
    return text;
}

Result<std::optional<ImportedTask>> LineReader::read(std::string_view line) {
    if (line.size() > kLineBytes)
        return invalid("is longer than " + std::to_string(kLineBytes) + " bytes");
    line = withoutReturn(line);
    if (isBlankLine(line)) return std::optional<ImportedTask>();
    ImportedTask task;
    if (m_format == ImportFormat::kTodoTxt) {
        task.fields = readTodoTxt(line, m_offsetMinutes);
    } else {
        auto fields = readJsonLine(line);
        if (!fields) return fields.error();
        task.fields = std::move(*fields);
    }
    std::string whole = "{";
    for (const auto& [name, value] : task.fields)
        whole += (whole.size() > 1 ? "," : "") + json::quoted(name) + ":" + value;
    const auto draft = checkDraft({}, What::kNew, whole + "}");
    if (!draft) return draft.error();
    task.fields.erase("id");
    task.id = draft->taskId;
    task.ownId = !task.id.empty();
    if (!task.ownId) {
        const int occurrence = m_occurrences[std::string(line)]++;
        task.id = importUuid("task", std::string(line) + '\0' + std::to_string(occurrence));
    }
    task.commandId = importUuid("command", task.id);
    return std::optional(std::move(task));
}

std::string importUuid(std::string_view kind, std::string_view bytes) {
    // The namespace is the UUID 6f1d1f5c-5b0e-4d0b-9a51-0c1f3a7a9a10, as its 16 bytes.
    constexpr char kNamespace[] =
        "\x6f\x1d\x1f\x5c\x5b\x0e\x4d\x0b\x9a\x51\x0c\x1f\x3a\x7a\x9a\x10";
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(QByteArrayView(kNamespace, 16));
    hash.addData(QByteArrayView(kind.data(), static_cast<qsizetype>(kind.size())));
    hash.addData(QByteArrayView("\0", 1));
    hash.addData(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    QByteArray digest = hash.result().left(16);
    digest[6] = static_cast<char>((digest[6] & 0x0F) | 0x50);
    digest[8] = static_cast<char>((digest[8] & 0x3F) | 0x80);
    std::string text = digest.toHex().toStdString();
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
    return text;
}

std::optional<std::chrono::sys_days> newestDay(const ImportedTask& task) {
    std::optional<std::chrono::sys_days> newest;
    for (const char* name : kDates) {
        const auto field = task.fields.find(name);
        if (field == task.fields.end()) continue;
        const auto day = parseDay(json::unquoted(field->second).substr(0, 10));
        if (day && (!newest || *day > *newest)) newest = day;
    }
    return newest;
}

void shiftDays(ImportedTask& task, std::chrono::days by) {
    for (const char* name : kDates) {
        const auto field = task.fields.find(name);
        if (field == task.fields.end()) continue;
        const std::string text = json::unquoted(field->second);
        if (const auto day = parseDay(text.substr(0, 10)))
            field->second = json::quoted(formatDay(shifted(*day, by)) + text.substr(10));
    }
}

}  // namespace hashira::cli

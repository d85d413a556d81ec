// SPDX-License-Identifier: MIT
#include "undo_journal.h"

#include "platform.h"

#include "base/private_file.h"
#include "model/json.h"

#include <algorithm>

namespace hashira::cli {
namespace {

constexpr std::string_view kWhats[] = {"new", "update", "delete"};

std::string commandText(const OutCommand& command) {
    return "{\"id\":" + json::quoted(command.id) + ",\"payload\":" + json::quoted(command.payload) +
           ",\"what\":" + json::quoted(kWhats[static_cast<int>(command.what) - 1]) + "}";
}

std::string entryText(const UndoEntry& entry) {
    std::string text = "{\"commands\":[";
    for (std::size_t i = 0; i < entry.commands.size(); ++i)
        text += (i == 0 ? "" : ",") + commandText(entry.commands[i]);
    return text + "],\"endpoint\":" + json::quoted(entry.endpoint) +
           ",\"words\":" + json::quoted(entry.words) + "}";
}

/// The text member, or nothing.
std::string textOf(const std::vector<json::Member>& members, std::string_view name) {
    for (const json::Member& member : members)
        if (member.name == name && json::isString(member.value))
            return json::unquoted(member.value);
    return {};
}

std::optional<OutCommand> readCommand(const std::string& text) {
    const auto members = json::parseObject(text);
    if (!members) return {};
    const auto what = std::find(std::begin(kWhats), std::end(kWhats), textOf(*members, "what"));
    if (what == std::end(kWhats)) return {};
    return OutCommand{textOf(*members, "id"), static_cast<What>(what - std::begin(kWhats) + 1),
                      textOf(*members, "payload")};
}

std::optional<UndoEntry> readEntry(const std::string& text) {
    const auto members = json::parseObject(text);
    if (!members) return {};
    UndoEntry entry{textOf(*members, "endpoint"), textOf(*members, "words"), {}};
    for (const json::Member& member : *members) {
        if (member.name != "commands") continue;
        const auto commands = json::parseArray(member.value);
        if (!commands) return {};
        for (const std::string& command : *commands) {
            auto read = readCommand(command);
            if (!read) return {};
            entry.commands.push_back(std::move(*read));
        }
    }
    return entry;
}

}  // namespace

std::vector<UndoEntry> UndoJournal::load() const {
    std::vector<UndoEntry> entries;
    const auto text = readFile(m_file);
    if (!text) return entries;
    const auto elements = json::parseArray(*text);
    if (!elements) return entries;
    for (const std::string& element : *elements)
        if (auto entry = readEntry(element)) entries.push_back(std::move(*entry));
    return entries;
}

Status UndoJournal::save(const std::vector<UndoEntry>& entries) const {
    std::string text = "[";
    const std::size_t first = entries.size() > kEntries ? entries.size() - kEntries : 0;
    for (std::size_t i = first; i < entries.size(); ++i)
        text += (i == first ? "\n" : ",\n") + entryText(entries[i]);
    return writePrivateFile(m_file, text + "\n]\n");
}

std::unique_ptr<FileLock> UndoJournal::lockFile() const {
    std::error_code problem;  // told by whoever writes
    std::filesystem::create_directories(m_file.parent_path(), problem);
    std::filesystem::path lock = m_file;
    lock += ".lock";
    return FileLock::wait(lock);
}

Status UndoJournal::push(UndoEntry entry) {
    if (entry.commands.empty()) return {};
    if (entry.commands.size() > kCommands)
        return invalid("it has more than " + std::to_string(kCommands) + " commands");
    const auto lock = lockFile();
    auto entries = load();
    entries.push_back(std::move(entry));
    return save(entries);
}

std::optional<UndoEntry> UndoJournal::last(const std::string& endpoint) const {
    auto entries = load();
    for (auto at = entries.rbegin(); at != entries.rend(); ++at)
        if (at->endpoint == endpoint) return std::move(*at);
    return {};
}

Status UndoJournal::dropLast(const std::string& endpoint) {
    const auto lock = lockFile();
    auto entries = load();
    for (auto at = entries.end(); at != entries.begin();)
        if ((--at)->endpoint == endpoint) {
            entries.erase(at);
            break;
        }
    return save(entries);
}

}  // namespace hashira::cli

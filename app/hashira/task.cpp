// SPDX-License-Identifier: MIT
#include "task.h"

#include "model/json.h"

#include <algorithm>
#include <iterator>

namespace hashira::cli {
namespace {

/// Members of a JSON object in the order in which they are put.
class Writer {
public:
    void put(std::string_view name, std::string_view value) {
        m_text += m_text.empty() ? '{' : ',';
        json::appendQuoted(m_text, name);
        m_text += ':';
        m_text += value;
    }
    void text(std::string_view name, const std::string& value) { put(name, json::quoted(value)); }
    void optional(std::string_view name, const std::optional<std::string>& value) {
        put(name, value ? json::quoted(*value) : "null");
    }
    void given(std::string_view name, const std::optional<std::string>& value) {
        if (value) text(name, *value);
    }
    std::string end() { return m_text.empty() ? "{}" : m_text + '}'; }

private:
    std::string m_text;
};

/// The unknown fields; what is no object is none (the daemon promises one).
std::vector<json::Member> unknownFields(const Task& task) {
    if (task.extraJson.empty()) return {};
    auto members = json::parseObject(task.extraJson);
    return members ? std::move(*members) : std::vector<json::Member>();
}

std::string keyOf(std::string_view id) {
    std::string key;
    for (const char c : id)
        if (c != '-') key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return key;
}

bool startsWith(const std::string& text, std::string_view begin) {
    return text.compare(0, begin.size(), begin) == 0;
}

std::size_t commonBegin(const std::string& a, const std::string& b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                    a.begin());
}

}  // namespace

std::string taskJson(const Task& task) {
    Writer writer;
    writer.text("id", task.id);
    writer.text("name", task.name);
    writer.text("place", std::string(placeName(task.place)));
    writer.put("rank", textOrNull(task.rank));
    writer.put("labels", labelsJson(task.labels));
    writer.optional("note", task.note);
    writer.optional("due", task.due);
    writer.optional("created", task.created);
    writer.optional("started", task.started);
    writer.optional("done", task.done);
    writer.put("deleted", task.deleted ? "true" : "false");
    writer.put("week", textOrNull(task.week));
    writer.put("pending", task.pending ? "true" : "false");
    for (const json::Member& member : unknownFields(task))
        if (member.name != "week" && member.name != "pending")
            writer.put(member.name, member.value);
    return writer.end();
}

std::string tasksJson(const std::vector<const Task*>& tasks) {
    std::string out = "[";
    for (const Task* task : tasks) {
        if (out.size() > 1) out += ',';
        out += taskJson(*task);
    }
    return out + ']';
}

std::string exportLine(const Task& task) {
    Writer writer;
    writer.text("id", task.id);
    writer.text("name", task.name);
    writer.text("place", std::string(placeName(task.place)));
    if (!task.rank.empty()) writer.text("rank", task.rank);
    if (!task.labels.empty()) writer.put("labels", labelsJson(task.labels));
    writer.given("note", task.note);
    writer.given("due", task.due);
    writer.given("created", task.created);
    writer.given("started", task.started);
    writer.given("done", task.done);
    if (task.deleted) writer.put("deleted", "true");
    for (const json::Member& member : unknownFields(task)) writer.put(member.name, member.value);
    return writer.end();
}

IdIndex::IdIndex(const std::vector<std::string>& ids) {
    const auto less = [](const Entry& a, const Entry& b) { return a.key < b.key; };
    const auto same = [](const Entry& a, const Entry& b) { return a.key == b.key; };
    for (const std::string& id : ids) m_begins.push_back({keyOf(id), id});
    std::sort(m_begins.begin(), m_begins.end(), less);
    m_begins.erase(std::unique(m_begins.begin(), m_begins.end(), same), m_begins.end());
    for (const Entry& entry : m_begins)
        m_ends.push_back({std::string(entry.key.rbegin(), entry.key.rend()), entry.id});
    std::sort(m_ends.begin(), m_ends.end(), less);
}

std::string IdIndex::shortId(std::string_view id) const {
    const std::string key = keyOf(id);
    const std::string reverse(key.rbegin(), key.rend());
    const auto at =
        std::lower_bound(m_ends.begin(), m_ends.end(), reverse,
                         [](const Entry& e, const std::string& k) { return e.key < k; });
    std::size_t size = 4;
    if (at != m_ends.end() && at->key == reverse) {
        if (at != m_ends.begin())
            size = std::max(size, commonBegin(std::prev(at)->key, reverse) + 1);
        if (std::next(at) != m_ends.end())
            size = std::max(size, commonBegin(std::next(at)->key, reverse) + 1);
    }
    for (; size < key.size(); ++size)
        if (matches(std::string_view(key).substr(key.size() - size)).size() <= 1) break;
    return key.substr(key.size() - std::min(size, key.size()));
}

std::vector<std::string> IdIndex::matches(std::string_view text) const {
    const std::string key = keyOf(text);
    if (key.empty()) return {};
    const auto less = [](const Entry& e, const std::string& k) { return e.key < k; };
    std::vector<std::string> found;
    const auto collect = [&](const std::vector<Entry>& entries, const std::string& begin) {
        for (auto at = std::lower_bound(entries.begin(), entries.end(), begin, less);
             at != entries.end() && startsWith(at->key, begin); ++at)
            if (std::find(found.begin(), found.end(), at->id) == found.end()) {
                found.push_back(at->id);
                if (found.size() > 100) return;
            }
    };
    collect(m_begins, key);
    collect(m_ends, std::string(key.rbegin(), key.rend()));
    return found;
}

}  // namespace hashira::cli

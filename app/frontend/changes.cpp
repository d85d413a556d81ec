// SPDX-License-Identifier: MIT
#include "frontend/changes.h"

#include "model/json.h"

namespace hashira::frontend {
namespace {

/// Long enough for a daemon to be started again, short enough to keep the 2 s of design §9.
constexpr int kReconnectMs = 1'500;

std::string quotedOrNull(const std::optional<std::string>& text) {
    return text ? json::quoted(*text) : "null";
}

}  // namespace

std::string textOrNull(std::string_view text) {
    return text.empty() ? "null" : json::quoted(text);
}

std::string labelsJson(const std::vector<std::string>& labels) {
    std::string out = "[";
    for (const std::string& label : labels) {
        if (out.size() > 1) out += ',';
        json::appendQuoted(out, label);
    }
    return out + ']';
}

std::string payloadOf(const std::string& taskId, const FieldMap& fields) {
    Fields list;
    for (const auto& [name, value] : fields) list.push_back({name, value});
    return makePayload(taskId, list);
}

std::string fieldNow(const Task& task, const std::string& field) {
    if (field == "name") return json::quoted(task.name);
    if (field == "place") return json::quoted(placeName(task.place));
    if (field == "rank") return json::quoted(task.rank);
    if (field == "labels") return task.labels.empty() ? "null" : labelsJson(task.labels);
    if (field == "note") return quotedOrNull(task.note);
    if (field == "due") return quotedOrNull(task.due);
    if (field == "started") return quotedOrNull(task.started);
    if (field == "done") return quotedOrNull(task.done);
    if (field == "deleted") return task.deleted ? "true" : "false";
    return "null";
}

FieldMap fieldsBefore(const Task& task, const FieldMap& fields) {
    FieldMap back;
    for (const auto& [name, value] : fields) {
        const bool moves = name == "before" || name == "after";
        if (!moves) back[name] = fieldNow(task, name);
        if (moves || name == "place") back["rank"] = fieldNow(task, "rank");
        if (name == "place")
            for (const char* filled : {"started", "done"}) back[filled] = fieldNow(task, filled);
    }
    if (task.rank.empty()) back.erase("rank");
    return back;
}

Result<front::SendReply> sendSafely(Client& client, const std::vector<OutCommand>& commands) {
    auto reply = client.send(commands);
    if (reply || reply.error().code != ErrorCode::kUnavailable || reply.error().message.empty())
        return reply;
    if (!client.connect(kReconnectMs)) return reply;
    return client.send(commands);
}

}  // namespace hashira::frontend

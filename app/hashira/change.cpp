// SPDX-License-Identifier: MIT
#include "change.h"

#include "model/json.h"
#include "model/uuid.h"
#include "text.h"
#include "undo_journal.h"

#include <algorithm>
#include <ostream>

namespace hashira::cli {
namespace {

/// Long enough for a daemon to be started again, short enough to keep the 2 s of design §9.
constexpr int kReconnectMs = 1'500;

std::string payloadOf(const std::string& taskId, const FieldMap& fields) {
    Fields list;
    for (const auto& [name, value] : fields) list.push_back({name, value});
    return makePayload(taskId, list);
}

OutCommand command(Context& context, What what, std::string payload) {
    return {makeUuidV7(context.host.clock->nowMs(), *context.host.random), what,
            std::move(payload)};
}

std::string quotedOrNull(const std::optional<std::string>& text) {
    return text ? json::quoted(*text) : "null";
}

}  // namespace

OutCommand newTask(Context& context, const std::string& taskId, const FieldMap& fields) {
    return command(context, What::kNew, payloadOf(taskId, fields));
}

OutCommand updateTask(Context& context, const std::string& taskId, const FieldMap& fields) {
    return command(context, What::kUpdate, payloadOf(taskId, fields));
}

OutCommand deleteTask(Context& context, const std::string& taskId) {
    return command(context, What::kDelete, payloadOf(taskId, {}));
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
    return "null";
}

Change changeFields(Context& context, const Task& task, const FieldMap& fields) {
    FieldMap back;
    for (const auto& [name, value] : fields) {
        const bool moves = name == "before" || name == "after";
        if (!moves) back[name] = fieldNow(task, name);
        if (moves || name == "place") back["rank"] = fieldNow(task, "rank");
        if (name == "place")
            for (const char* filled : {"started", "done"}) back[filled] = fieldNow(task, filled);
    }
    if (task.rank.empty()) back.erase("rank");
    return {task.id, updateTask(context, task.id, fields), updateTask(context, task.id, back)};
}

Result<front::SendReply> sendSafely(Client& client, const std::vector<OutCommand>& commands) {
    auto reply = client.send(commands);
    if (reply || reply.error().code != ErrorCode::kUnavailable || reply.error().message.empty())
        return reply;
    if (!client.connect(kReconnectMs)) return reply;
    return client.send(commands);
}

void remember(Context& context, const std::string& words, std::vector<OutCommand> inverses) {
    const Endpoint endpoint = resolveEndpoint(context.args, context.host);
    const Status kept = context.journal.push({endpoint.address, words, std::move(inverses)});
    if (!kept)
        context.err << "hashira: done, but \"undo\" will not know of it: "
                    << escaped(kept.error().message) << "\n";
}

Result<std::vector<Task>> applyChanges(Context& context, const std::string& words, Known& known,
                                       const std::vector<Change>& changes,
                                       const std::vector<std::string>& ids) {
    std::vector<Task> tasks;
    for (const std::string& id : ids) tasks.push_back(*known.store.find(id));
    if (changes.empty()) return tasks;
    std::vector<OutCommand> commands;
    std::vector<OutCommand> inverses;
    for (const Change& change : changes) {
        commands.push_back(change.command);
        inverses.push_back(change.inverse);
    }
    const auto reply = sendSafely(context.client, commands);
    if (!reply) return reply.error();
    remember(context, words, std::move(inverses));
    RetrieveQuery query;
    query.to = known.weeksKept - 1;
    query.changedSince = known.store.revision();
    query.includeDeleted = true;
    if (const Status read = readWeeks(context.client, query, known.store); !read)
        return read.error();
    for (Task& task : tasks) {
        const Task* now = known.store.find(task.id);
        if (now != nullptr) task = *now;
    }
    return tasks;
}

void printChanged(Context& context, const Known& known, const std::string& word,
                  const std::vector<Task>& tasks, bool several) {
    if (context.json) {
        std::vector<const Task*> all;
        for (const Task& task : tasks) all.push_back(&task);
        context.out << (several ? tasksJson(all) : taskJson(tasks.front())) << "\n";
        return;
    }
    const Paint paint(context.color);
    for (const Task& task : tasks)
        context.out << paint(kGreen, word) << "  " << paint(kDim, known.index.shortId(task.id))
                    << "  " << escaped(task.name) << "\n";
}

Result<std::vector<std::string>> findAll(const Known& known, const std::vector<std::string>& names,
                                         bool deletedFirst) {
    std::vector<std::string> ids;
    for (const std::string& name : names) {
        const auto task = findTask(known, name, deletedFirst);
        if (!task) return task.error();
        if (std::find(ids.begin(), ids.end(), (*task)->id) == ids.end()) ids.push_back((*task)->id);
    }
    return ids;
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "change.h"

#include "text.h"
#include "undo_journal.h"

#include <algorithm>
#include <ostream>

namespace hashira::cli {

OutCommand commandOf(Context& context, const Step& step) {
    return toCommand(step, *context.host.clock, *context.host.random);
}

Change changeTask(Context& context, const Task& task, const Step& step) {
    return {task.id, commandOf(context, step), commandOf(context, inverseOf(step, &task))};
}

Change changeFields(Context& context, const Task& task, const FieldMap& fields) {
    return changeTask(context, task, {What::kUpdate, task.id, fields});
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

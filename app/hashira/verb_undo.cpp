// SPDX-License-Identifier: MIT
#include "change.h"
#include "text.h"
#include "undo_journal.h"
#include "verbs.h"

#include "model/json.h"

#include <ostream>

namespace hashira::cli {
namespace {

std::vector<std::string> taskIds(const UndoEntry& entry) {
    std::vector<std::string> ids;
    for (const OutCommand& command : entry.commands)
        if (const auto draft = checkDraft({}, command.what, command.payload))
            ids.push_back(draft->taskId);
    return ids;
}

void print(Context& context, const Known& known, const UndoEntry& entry,
           const std::vector<std::string>& ids) {
    std::vector<const Task*> tasks;
    for (const std::string& id : ids)
        if (const Task* task = known.store.find(id)) tasks.push_back(task);
    if (context.json) {
        context.out << (ids.size() == 1 && tasks.size() == 1 ? taskJson(*tasks.front())
                                                             : tasksJson(tasks))
                    << "\n";
        return;
    }
    constexpr std::size_t kShown = 10;
    for (std::size_t i = 0; i < tasks.size() && i < kShown; ++i)
        context.out << Paint(context.color)(kGreen, "undone") << "  " << escaped(entry.words)
                    << "  " << nameTask(known, *tasks[i]) << "\n";
    if (tasks.size() > kShown) context.out << "… and " << tasks.size() - kShown << " more\n";
    if (tasks.empty()) context.out << "undone  " << escaped(entry.words) << "\n";
}

int runUndo(Context& context) {
    const std::string endpoint = resolveEndpoint(context.args, context.host).address;
    const auto entry = context.journal.last(endpoint);
    if (!entry)
        return fail(context, {ErrorCode::kNotFound,
                              "there is nothing to undo: no change was made with this program"});
    if (const auto sent = sendSafely(context.client, entry->commands); !sent)
        return fail(context, sent.error());
    // Forgotten only now: whoever is cut off in between undoes the same again, which has no second
    // effect.
    if (const Status dropped = context.journal.dropLast(endpoint); !dropped)
        context.err << "hashira: undone, but it could not be noted: "
                    << escaped(dropped.error().message) << "\n";
    const auto known = readKnown(context.client, true);
    if (!known) return fail(context, known.error());
    print(context, *known, *entry, taskIds(*entry));
    return kExitDone;
}

}  // namespace

VerbSpec undoVerb() {
    VerbSpec verb;
    verb.name = "undo";
    verb.summary = "Take back the last change made with this program; again: the one before.";
    verb.run = runUndo;
    return verb;
}

}  // namespace hashira::cli

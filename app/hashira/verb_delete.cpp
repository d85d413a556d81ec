// SPDX-License-Identifier: MIT
// rm and restore.
#include "change.h"
#include "verbs.h"

namespace hashira::cli {
namespace {

Change deletion(Context& context, const Task& task, bool deleted) {
    if (deleted) return changeTask(context, task, {What::kDelete, task.id, {}});
    return changeTask(context, task, {What::kUpdate, task.id, {{"deleted", "false"}}});
}

int runDeletion(Context& context, bool deleted, const std::string& word) {
    auto known = readKnown(context.client, !deleted);
    if (!known) return fail(context, known.error());
    const auto ids = findAll(*known, context.args.arguments, !deleted);
    if (!ids) return fail(context, ids.error());
    std::vector<Change> changes;
    for (const std::string& id : *ids) {
        const Task& task = *known->store.find(id);
        if (task.deleted != deleted) changes.push_back(deletion(context, task, deleted));
    }
    const bool several = context.args.arguments.size() > 1;
    auto tasks = applyChanges(context, deleted ? "rm" : "restore", *known, changes, *ids);
    if (!tasks) return fail(context, tasks.error());
    // The daemon may have dropped it at once: what was asked for is what it is.
    for (Task& task : *tasks) task.deleted = deleted;
    printChanged(context, *known, changes.empty() ? "not deleted" : word, *tasks, several);
    return kExitDone;
}

}  // namespace

VerbSpec rmVerb() {
    VerbSpec verb;
    verb.name = "rm";
    verb.arguments = "ID...";
    verb.summary = "Delete tasks; \"restore\" and \"undo\" bring them back.";
    verb.least = 1;
    verb.most = -1;
    verb.hint = Hint::kTask;
    verb.run = [](Context& context) { return runDeletion(context, true, "deleted"); };
    return verb;
}

VerbSpec restoreVerb() {
    VerbSpec verb;
    verb.name = "restore";
    verb.arguments = "ID...";
    verb.summary = "Bring deleted tasks back; \"list --deleted\" shows them.";
    verb.least = 1;
    verb.most = -1;
    verb.hint = Hint::kTask;
    verb.run = [](Context& context) { return runDeletion(context, false, "restored"); };
    return verb;
}

}  // namespace hashira::cli

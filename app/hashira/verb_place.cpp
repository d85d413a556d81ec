// SPDX-License-Identifier: MIT
// backlog, todo, start, done: tasks go to a place.
#include "change.h"
#include "verbs.h"

#include "model/json.h"

namespace hashira::cli {
namespace {

int runPlace(Context& context, Place place, const std::string& word) {
    auto known = readKnown(context.client, false);
    if (!known) return fail(context, known.error());
    const auto ids = findAll(*known, context.args.arguments);
    if (!ids) return fail(context, ids.error());
    std::vector<Change> changes;
    for (const std::string& id : *ids) {
        const Task& task = *known->store.find(id);
        // Again done would only move its date of completion.
        if (task.place == place) continue;
        changes.push_back(changeFields(context, task, {{"place", json::quoted(placeName(place))}}));
    }
    const bool several = context.args.arguments.size() > 1;
    const auto tasks =
        applyChanges(context, std::string(context.args.verb->name), *known, changes, *ids);
    if (!tasks) return fail(context, tasks.error());
    printChanged(context, *known, changes.empty() ? word + " already" : word, *tasks, several);
    return kExitDone;
}

VerbSpec placeVerb(std::string_view name, std::string_view summary, int (*run)(Context&)) {
    VerbSpec verb;
    verb.name = name;
    verb.arguments = "ID...";
    verb.summary = summary;
    verb.least = 1;
    verb.most = -1;
    verb.hint = Hint::kTask;
    verb.run = run;
    return verb;
}

}  // namespace

VerbSpec backlogVerb() {
    return placeVerb("backlog", "Put tasks into the backlog.", [](Context& context) {
        return runPlace(context, Place::kBacklog, "backlog");
    });
}

VerbSpec todoVerb() {
    return placeVerb("todo", "Put tasks into todo.",
                     [](Context& context) { return runPlace(context, Place::kTodo, "todo"); });
}

VerbSpec startVerb() {
    return placeVerb("start", "Start tasks: they go to doing.",
                     [](Context& context) { return runPlace(context, Place::kDoing, "doing"); });
}

VerbSpec doneVerb() {
    return placeVerb("done", "Tasks are done.",
                     [](Context& context) { return runPlace(context, Place::kDone, "done"); });
}

}  // namespace hashira::cli

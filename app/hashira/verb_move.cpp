// SPDX-License-Identifier: MIT
#include "change.h"
#include "verbs.h"

#include "model/json.h"

namespace hashira::cli {
namespace {

/// The first other task of the place; nothing where it is alone or first already.
const Task* firstOfPlace(const Known& known, const Task& task) {
    const Task* first = nullptr;
    for (const Task* other : known.store.tasks())
        if (!other->deleted && other->place == task.place &&
            (first == nullptr || boardOrder(*other, *first)))
            first = other;
    return first == &task ? nullptr : first;
}

int applyMove(Context& context, Known& known, const Task& task, const Task* neighbour,
              const char* side) {
    std::vector<Change> changes;
    if (neighbour != nullptr) {
        FieldMap fields = {{side, json::quoted(neighbour->id)}};
        // Beside a task of another place means: in that place.
        if (neighbour->place != task.place)
            fields["place"] = json::quoted(placeName(neighbour->place));
        changes.push_back(changeFields(context, task, fields));
    }
    const std::vector<std::string> ids = {task.id};
    const auto tasks = applyChanges(context, "move", known, changes, ids);
    if (!tasks) return fail(context, tasks.error());
    printChanged(context, known, neighbour == nullptr ? "first already" : "moved", *tasks, false);
    return kExitDone;
}

int runMove(Context& context) {
    const Invocation& args = context.args;
    if (args.has("before") + args.has("after") + args.has("top") != 1)
        return failUsage(context, "give one of --before ID, --after ID and --top");
    auto known = readKnown(context.client, false);
    if (!known) return fail(context, known.error());
    const auto task = findTask(*known, args.arguments.front());
    if (!task) return fail(context, task.error());
    if (args.has("top"))
        return applyMove(context, *known, **task, firstOfPlace(*known, **task), "before");
    const char* side = args.has("before") ? "before" : "after";
    const auto neighbour = findTask(*known, *args.value(side));
    if (!neighbour) return fail(context, neighbour.error());
    if (*neighbour == *task) return failUsage(context, "a task cannot stand beside itself");
    return applyMove(context, *known, **task, *neighbour, side);
}

}  // namespace

VerbSpec moveVerb() {
    VerbSpec verb;
    verb.name = "move";
    verb.arguments = "ID";
    verb.summary = "Change the order: put a task before or after another, or on top.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kTask;
    verb.options = {
        {"before", "ID", "the task to stand before", Hint::kTask},
        {"after", "ID", "the task to stand after", Hint::kTask},
        {"top", "", "first of its place"},
    };
    verb.run = runMove;
    verb.details = "Beside a task of another place it goes to that place.";
    return verb;
}

}  // namespace hashira::cli

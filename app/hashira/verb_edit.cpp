// SPDX-License-Identifier: MIT
#include "change.h"
#include "names.h"
#include "options.h"
#include "text.h"
#include "verbs.h"

#include "model/json.h"

#include <algorithm>

namespace hashira::cli {
namespace {

/// The fields that do not depend on what the task is now.
Result<FieldMap> readFields(const Context& context) {
    const Invocation& args = context.args;
    FieldMap fields;
    if (const auto name = args.value("name")) {
        if (isBlank(*name)) return invalid("the name of a task must not be empty");
        fields["name"] = json::quoted(*name);
    }
    if (const auto note = args.value("note")) fields["note"] = textOrNull(*note);
    if (const auto due = args.value("due")) {
        fields["due"] = "null";
        if (!due->empty() && *due != "none") {
            const auto date = parseDate(*due, Now::of(*context.host.clock));
            if (!date) return date.error();
            fields["due"] = json::quoted(*date);
        }
    }
    const bool labels = args.has("label") || args.has("unlabel");
    if (fields.empty() && !labels)
        return invalid("nothing to change: give at least one of the options");
    return fields;
}

std::string newLabels(const Invocation& args, const Task& task) {
    std::vector<std::string> labels = task.labels;
    const std::vector<std::string> added = args.values("label");
    labels.insert(labels.end(), added.begin(), added.end());
    for (const std::string& gone : args.values("unlabel"))
        labels.erase(std::remove(labels.begin(), labels.end(), gone), labels.end());
    labels = unique(labels);
    return labels.empty() ? "null" : labelsJson(labels);
}

int runEdit(Context& context) {
    auto fields = readFields(context);
    if (!fields) return failUsage(context, fields.error().message);
    auto known = readKnown(context.client, false);
    if (!known) return fail(context, known.error());
    const auto found = findTask(*known, context.args.arguments.front());
    if (!found) return fail(context, found.error());
    const Task& task = **found;
    if (context.args.has("label") || context.args.has("unlabel"))
        (*fields)["labels"] = newLabels(context.args, task);
    const std::vector<std::string> ids = {task.id};
    const auto tasks =
        applyChanges(context, "edit", *known, {changeFields(context, task, *fields)}, ids);
    if (!tasks) return fail(context, tasks.error());
    printChanged(context, *known, "edited", *tasks, false);
    return kExitDone;
}

}  // namespace

VerbSpec editVerb() {
    VerbSpec verb;
    verb.name = "edit";
    verb.arguments = "ID";
    verb.summary = "Change a task.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kTask;
    verb.options = {
        {"name", "TEXT", "another name"},
        {"note", "TEXT", "another note; empty: none"},
        {"due", "DATE", "tomorrow, fri, in 3 days, 2026-12-01; \"none\": none"},
        {"label", "LABEL", "add a label; may be given again"},
        {"unlabel", "LABEL", "take a label away; may be given again"},
    };
    verb.run = runEdit;
    return verb;
}

}  // namespace hashira::cli

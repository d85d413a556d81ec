// SPDX-License-Identifier: MIT
#include "selection.h"
#include "verbs.h"

#include <ostream>

namespace hashira::cli {
namespace {

/// All tasks asked for; no short ids are shown, so no other week is read.
int listJson(Context& context, Selection selection) {
    if (selection.to < 0) {
        const auto status = context.client.status();
        if (!status) return fail(context, status.error());
        selection.to = std::max(selection.from, status->weeksKept - 1);
    }
    RetrieveQuery query;
    query.from = selection.from;
    query.to = selection.to;
    query.includeDeleted = selection.deleted;
    WeekStore store;
    if (const Status read = readWeeks(context.client, query, store); !read)
        return fail(context, read.error());
    context.out << tasksJson(selected(store, selection)) << "\n";
    sayGaps(context, store.gaps(selection.from, selection.to));
    return kExitDone;
}

int runList(Context& context) {
    auto selection = readSelection(context);
    if (!selection) return failUsage(context, selection.error().message);
    if (context.json) return listJson(context, *selection);
    const auto known = readKnown(context.client, selection->deleted, selection->to + 1);
    if (!known) return fail(context, known.error());
    if (selection->to < 0) selection->to = std::max(selection->from, known->weeksKept - 1);
    printTasks(context, selected(known->store, *selection),
               lookOf(context, known->index, selection->all, known->status));
    sayGaps(context, known->store.gaps(selection->from, selection->to));
    return kExitDone;
}

}  // namespace

VerbSpec listVerb() {
    VerbSpec verb;
    verb.name = "list";
    verb.arguments = "[TEXT]";
    verb.summary = "Show tasks: all open ones and what was done this week.";
    verb.most = -1;
    verb.options = selectionOptions();
    verb.run = runList;
    verb.details =
        "A board in a terminal, one line a task into a pipe. TEXT is looked for in names, notes "
        "and\n"
        "labels, whatever its case; of several words all must be there. \"*\" marks a change that "
        "is\n"
        "not synced yet, \"!\" what is overdue.";
    return verb;
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "selection.h"
#include "verbs.h"

#include <ostream>

namespace hashira::cli {
namespace {

int runShow(Context& context) {
    const auto known = readKnown(context.client, true);
    if (!known) return fail(context, known.error());
    const auto task = findTask(*known, context.args.arguments.front());
    if (!task) return fail(context, task.error());
    if (context.json)
        context.out << taskJson(**task) << "\n";
    else
        context.out << detailText(**task, lookOf(context, known->index, true, known->status));
    return kExitDone;
}

}  // namespace

VerbSpec showVerb() {
    VerbSpec verb;
    verb.name = "show";
    verb.arguments = "ID";
    verb.summary = "Show everything of one task, also of a deleted one.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kTask;
    verb.run = runShow;
    return verb;
}

}  // namespace hashira::cli

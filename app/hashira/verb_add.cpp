// SPDX-License-Identifier: MIT
#include "change.h"
#include "names.h"
#include "options.h"
#include "text.h"
#include "verbs.h"

#include "model/json.h"
#include "model/uuid.h"

#include <ostream>

namespace hashira::cli {
namespace {

struct Wanted {
    FieldMap fields;
    std::optional<front::Level> level;
    std::int64_t timeoutMs = 10'000;
};

Result<Wanted> readWanted(const Context& context) {
    const Invocation& args = context.args;
    Wanted wanted;
    const std::string name = joined(args.arguments);
    if (isBlank(name)) return invalid("the name of a task must not be empty");
    wanted.fields["name"] = json::quoted(name);
    if (const auto place = args.value("place")) {
        const auto known = parsePlace(*place);
        if (!known) return known.error();
        wanted.fields["place"] = json::quoted(placeName(*known));
    }
    if (args.has("label")) wanted.fields["labels"] = labelsJson(unique(args.values("label")));
    if (const auto note = args.value("note")) wanted.fields["note"] = json::quoted(*note);
    if (const auto due = args.value("due")) {
        const auto date = parseDate(*due, Now::of(*context.host.clock));
        if (!date) return date.error();
        wanted.fields["due"] = json::quoted(*date);
    }
    if (const auto level = args.value("wait")) {
        const auto known = parseLevel(*level);
        if (!known) return known.error();
        wanted.level = *known;
    }
    if (const auto timeout = args.value("timeout")) {
        const auto seconds = parseSeconds(*timeout);
        if (!seconds) return seconds.error();
        wanted.timeoutMs = *seconds;
    }
    return wanted;
}

/// Exit code; says why where the level was not reached.
int waitForLevel(Context& context, const std::string& commandId, const Wanted& wanted) {
    if (!wanted.level || *wanted.level == front::Level::kDurable) return kExitDone;
    const auto receipt = context.client.waitFor(commandId, *wanted.level, wanted.timeoutMs);
    if (receipt && !receipt->rejected) return kExitDone;
    if (receipt) {
        context.err << "hashira: the datastore refused it: " << escaped(receipt->reason)
                    << "; see \"hashira rejected\"\n";
        return kExitFailed;
    }
    const bool late = receipt.error().code == ErrorCode::kDeadline;
    context.err << "hashira: "
                << (late ? "not " + *context.args.value("wait") + " within " +
                               context.args.value("timeout").value_or("10") + " s"
                         : escaped(receipt.error().message))
                << "; the task is safe on this machine and will be sent when the datastore can be "
                   "reached\n";
    return late                                              ? kExitFailed
           : receipt.error().code == ErrorCode::kUnavailable ? kExitNoDaemon
                                                             : kExitFailed;
}

/// The task after it was added: by the changes since `before`, without reading all others.
std::optional<Task> readAdded(Context& context, const std::string& id,
                              const front::Status& before) {
    WeekStore store;
    RetrieveQuery query;
    query.to = std::max(before.weeksKept, 1) - 1;
    query.changedSince = before.revision;
    query.includeDeleted = true;
    if (!readWeeks(context.client, query, store)) return {};
    const Task* task = store.find(id);
    return task == nullptr ? std::nullopt : std::optional(*task);
}

int printJson(Context& context, const std::string& id, const front::Status& before) {
    const auto task = readAdded(context, id, before);
    if (!task)
        return fail(context,
                    {ErrorCode::kInternal, "the task " + id +
                                               " was added and is safe, but the daemon did "
                                               "not show it again"});
    context.out << taskJson(*task) << "\n";
    return kExitDone;
}

/// Reads all ids, since the one shown must name no other task.
void printAdded(Context& context, const std::string& id, const std::string& name) {
    const auto known = readKnown(context.client, false);
    const Task* task = known ? known->store.find(id) : nullptr;
    const Paint paint(context.color);
    const std::string shown = known ? known->index.shortId(id) : id.substr(id.size() - 8);
    const auto place = task != nullptr ? placeName(task->place) : std::string_view();
    context.out << paint(kGreen, "added") << "  " << paint(kDim, shown) << "  " << escaped(name);
    if (!place.empty()) context.out << "  (" << place << ")";
    context.out << "\n";
}

int runAdd(Context& context) {
    const auto wanted = readWanted(context);
    if (!wanted) return failUsage(context, wanted.error().message);
    front::Status before;
    if (context.json) {
        auto status = context.client.status();
        if (!status) return fail(context, status.error());
        before = std::move(*status);
    }
    const std::string id = makeUuidV7(context.host.clock->nowMs(), *context.host.random);
    const OutCommand command = commandOf(context, {What::kNew, id, wanted->fields});
    if (const auto sent = sendSafely(context.client, {command}); !sent)
        return fail(context, sent.error());
    remember(context, "add", {commandOf(context, {What::kDelete, id, {}})});
    const int waited = waitForLevel(context, command.id, *wanted);
    const std::string name = joined(context.args.arguments);
    if (!context.json)
        printAdded(context, id, name);
    else if (const int printed = printJson(context, id, before); printed != kExitDone)
        return printed;
    return waited;
}

}  // namespace

VerbSpec addVerb() {
    VerbSpec verb;
    verb.name = "add";
    verb.arguments = "NAME";
    verb.summary = "Add a task, to the backlog unless a place is given.";
    verb.least = 1;
    verb.most = -1;
    verb.options = {
        {"place", "PLACE", "backlog, todo, doing or done", Hint::kPlace},
        {"label", "LABEL", "a label; may be given again"},
        {"note", "TEXT", "a longer text"},
        {"due", "DATE", "tomorrow, fri, in 3 days, dec 1, 2026-12-01"},
        {"wait", "LEVEL", "wait until it is durable, applied or visible", Hint::kLevel},
        {"timeout", "SECONDS", "how long --wait waits; 10"},
    };
    verb.run = runAdd;
    verb.details =
        "Several words make one name. A wait that runs out exits 1: the task is safe on this "
        "machine\n"
        "all the same, and goes to the datastore later.";
    return verb;
}

}  // namespace hashira::cli

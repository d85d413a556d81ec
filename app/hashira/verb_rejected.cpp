// SPDX-License-Identifier: MIT
#include "context.h"
#include "task.h"
#include "text.h"
#include "verbs.h"

#include "model/json.h"

#include <ostream>

namespace hashira::cli {
namespace {

using front::RejectedCommand;

std::string_view whatName(What what) {
    return what == What::kNew ? "new" : what == What::kDelete ? "delete" : "update";
}

std::string_view levelName(front::Level level) {
    return level == front::Level::kVisible   ? "visible"
           : level == front::Level::kApplied ? "applied"
                                             : "durable";
}

std::string rejectedJson(const RejectedCommand& rejected) {
    return "{\"command_id\":" + json::quoted(rejected.command.commandId) +
           ",\"task_id\":" + json::quoted(rejected.command.taskId) +
           ",\"task_name\":" + textOrNull(rejected.taskName) +
           ",\"what\":" + json::quoted(whatName(rejected.command.what)) +
           ",\"payload\":" + json::quoted(rejected.command.payload) +
           ",\"reason\":" + json::quoted(rejected.reason) +
           ",\"made\":" + textOrNull(rejected.made) +
           ",\"dependents\":" + std::to_string(rejected.dependents) + "}";
}

IdIndex indexOf(const std::vector<RejectedCommand>& rejected) {
    std::vector<std::string> ids;
    for (const RejectedCommand& one : rejected) ids.push_back(one.command.commandId);
    return IdIndex(ids);
}

int printAll(Context& context, const std::vector<RejectedCommand>& rejected) {
    if (context.json) {
        std::string out = "[";
        for (const RejectedCommand& one : rejected)
            out += (out.size() > 1 ? "," : "") + rejectedJson(one);
        context.out << out << "]\n";
        return kExitDone;
    }
    const IdIndex index = indexOf(rejected);
    const Paint paint(context.color);
    for (const RejectedCommand& one : rejected) {
        context.out << paint(kDim, index.shortId(one.command.commandId)) << "  "
                    << padded(whatName(one.command.what), 6) << "  "
                    << escaped(one.taskName.empty() ? one.command.taskId : one.taskName) << "  "
                    << paint(kRed, escaped(one.reason));
        if (one.dependents != 0) context.out << "  (" << one.dependents << " more wait for it)";
        context.out << "\n";
    }
    if (rejected.empty() && context.host.outIsTerminal) context.out << "nothing was rejected\n";
    return kExitDone;
}

int retry(Context& context, const std::string& id) {
    const auto receipt = context.client.retryRejected(id);
    if (!receipt) return fail(context, receipt.error());
    if (context.json)
        context.out << "{\"command_id\":" << json::quoted(receipt->commandId)
                    << ",\"task_id\":" << json::quoted(receipt->taskId)
                    << ",\"number\":" << receipt->number
                    << ",\"level\":" << json::quoted(levelName(receipt->level))
                    << ",\"rejected\":" << (receipt->rejected ? "true" : "false") << "}\n";
    else
        context.out << "will be sent again\n";
    return kExitDone;
}

int discard(Context& context, const std::string& id) {
    const auto revision = context.client.discardRejected(id);
    if (!revision) return fail(context, revision.error());
    if (context.json)
        context.out << "{\"command_id\":" << json::quoted(id) << ",\"discarded\":true}\n";
    else
        context.out << "discarded\n";
    return kExitDone;
}

int runRejected(Context& context) {
    const auto& words = context.args.arguments;
    const std::string action = words.empty() ? "list" : words[0];
    const bool list = action == "list";
    if (!list && action != "retry" && action != "discard")
        return failUsage(context, "\"" + escaped(action) + "\" is not list, retry or discard");
    if (list ? words.size() > 1 : words.size() != 2)
        return failUsage(context, list ? "list takes no id" : action + " takes one id");
    const auto rejected = context.client.rejected();
    if (!rejected) return fail(context, rejected.error());
    if (list) return printAll(context, *rejected);
    const auto found = indexOf(*rejected).matches(words[1]);
    if (found.empty())
        return fail(context, {ErrorCode::kNotFound,
                              "no rejected change has that id; \"hashira rejected\" shows them"});
    if (found.size() > 1)
        return fail(context, {ErrorCode::kInvalid,
                              "that names several rejected changes; give more of the id"});
    return action == "retry" ? retry(context, found.front()) : discard(context, found.front());
}

}  // namespace

VerbSpec rejectedVerb() {
    VerbSpec verb;
    verb.name = "rejected";
    verb.arguments = "[list]|retry ID|discard ID";
    verb.summary = "Show the changes that the datastore refused; send one again or give it up.";
    verb.most = 2;
    verb.hint = Hint::kRejected;
    verb.run = runRejected;
    return verb;
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
// status, sync, pause, resume: all show the status that follows.
#include "context.h"
#include "status_text.h"
#include "verbs.h"

#include <ostream>

namespace hashira::cli {
namespace {

int printStatus(Context& context, const Result<front::Status>& status, const char* done) {
    if (!status) return fail(context, status.error());
    if (context.json)
        context.out << statusJson(*status) << "\n";
    else if (done != nullptr)
        context.out << done << "\n";
    else
        context.out << statusText(*status, Now::of(*context.host.clock), context.color);
    return kExitDone;
}

VerbSpec simple(std::string_view name, std::string_view summary, int (*run)(Context&)) {
    VerbSpec verb;
    verb.name = name;
    verb.summary = summary;
    verb.run = run;
    return verb;
}

}  // namespace

VerbSpec statusVerb() {
    return simple(
        "status", "Show what the daemon does and what it waits for.",
        [](Context& context) { return printStatus(context, context.client.status(), nullptr); });
}

VerbSpec syncVerb() {
    return simple("sync", "Sync with the datastore now.", [](Context& context) {
        return printStatus(context, context.client.syncNow(), "synced");
    });
}

VerbSpec pauseVerb() {
    return simple(
        "pause", "Stop syncing until \"resume\"; local work goes on.",
        [](Context& context) { return printStatus(context, context.client.pause(), "paused"); });
}

VerbSpec resumeVerb() {
    return simple("resume", "Sync again after \"pause\".", [](Context& context) {
        return printStatus(context, context.client.resume(), "resumed");
    });
}

}  // namespace hashira::cli

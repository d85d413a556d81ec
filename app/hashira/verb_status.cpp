// SPDX-License-Identifier: MIT
// status, sync, pause, resume: all show the status that follows.
#include "context.h"
#include "options.h"
#include "status_text.h"
#include "verbs.h"

#include "model/moment.h"

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

/// When the pause is to end, as RFC 3339; empty: nobody said.
Result<std::string> pauseEnd(const Context& context) {
    const Clock& clock = *context.host.clock;
    const auto until = context.args.value("until");
    const auto span = context.args.value("for");
    if (until && span) return invalid("--until and --for exclude each other");
    if (until) return parseMoment(*until, clock);
    if (!span) return std::string();
    const auto ms = parseSpan(*span);
    if (!ms) return ms.error();
    const std::int64_t end = clock.nowMs() + *ms;
    return formatMoment(end, clock.utcOffsetMinutes(end));
}

int runPause(Context& context) {
    const auto until = pauseEnd(context);
    if (!until) return failUsage(context, until.error().message);
    const auto status = context.client.pause(*until);
    std::string done = "paused";
    if (status && !status->pausedUntil.empty())
        done += " until " + sayDue(status->pausedUntil, Now::of(*context.host.clock));
    return printStatus(context, status, done.c_str());
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
    VerbSpec verb = simple(
        "pause", "Stop syncing until \"resume\", or for a time; local work goes on.", runPause);
    verb.options = {{"until", "WHEN", "go on by itself then: 18:00, tomorrow, mon, 2026-12-01"},
                    {"for", "TIME", "go on by itself after 30m, 2h, 1h30m, 1d"}};
    return verb;
}

VerbSpec resumeVerb() {
    return simple("resume", "Sync again after \"pause\".", [](Context& context) {
        return printStatus(context, context.client.resume(), "resumed");
    });
}

}  // namespace hashira::cli

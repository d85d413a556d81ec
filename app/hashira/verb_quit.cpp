// SPDX-License-Identifier: MIT
#include "context.h"
#include "verbs.h"

#include <ostream>

namespace hashira::cli {
namespace {

/// A daemon answers what is under way, and gRPC takes its time; longer than that it hangs.
constexpr int kEndMs = 20'000;

int runQuit(Context& context) {
    const auto process = context.client.shutDown();
    if (!process) return fail(context, process.error());
    if (!context.host.waitForEnd(*process, kEndMs))
        return fail(context,
                    {ErrorCode::kDeadline, "the daemon (process " + std::to_string(*process) +
                                               ") took the request, but has not ended yet"});
    if (context.json)
        context.out << "{\"process\":" << *process << "}\n";
    else
        context.out << "the daemon has ended; \"hashirad\" starts it again\n";
    return kExitDone;
}

}  // namespace

VerbSpec quitVerb() {
    VerbSpec verb;
    verb.name = "quit";
    verb.summary = "End the daemon in order, and wait until it is gone.";
    verb.run = runQuit;
    return verb;
}

}  // namespace hashira::cli

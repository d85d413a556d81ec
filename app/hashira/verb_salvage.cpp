// SPDX-License-Identifier: MIT
#include "context.h"
#include "salvage.h"
#include "text.h"
#include "verbs.h"

#include "base/path.h"

#include <fstream>
#include <ostream>

namespace hashira::cli {
namespace {

int runSalvage(Context& context) {
    const auto to = context.args.value("to");
    if (!to) return failUsage(context, "--to FILE is missing: where the tasks are written to");
    if (context.json && *to == "-") return failUsage(context, "--json does not go with --to -");
    const auto salvaged = salvageOutbox(context.args.arguments.front());
    if (!salvaged) return fail(context, salvaged.error());
    std::ofstream file;
    if (*to != "-") file.open(toPath(*to), std::ios::binary | std::ios::trunc);
    std::ostream& out = *to == "-" ? context.out : file;
    for (const std::string& line : salvaged->lines) out << jsonPrintable(line) << "\n";
    if (*to != "-") file.close();
    if (!out) return fail(context, {ErrorCode::kPrecondition, *to + ": cannot be written"});
    if (context.json)
        context.out << "{\"salvaged\":" << salvaged->lines.size()
                    << ",\"commands\":" << salvaged->commands
                    << ",\"unreadable\":" << salvaged->unreadable << "}\n";
    else
        context.err << salvaged->lines.size() << " tasks of " << salvaged->commands
                    << " commands salvaged, " << salvaged->unreadable
                    << " commands unreadable; \"hashira import " << escaped(*to)
                    << "\" adds them\n";
    return salvaged->unreadable == 0 ? kExitDone : kExitFailed;
}

}  // namespace

VerbSpec salvageVerb() {
    VerbSpec verb;
    verb.name = "salvage";
    verb.arguments = "FILE";
    verb.summary = "Read the tasks out of a copy of a damaged outbox.db; needs no daemon.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kFile;
    verb.options = {
        {"to", "OUT.jsonl|-", "where the tasks are written, as JSON Lines", Hint::kFile}};
    verb.run = runSalvage;
    return verb;
}

}  // namespace hashira::cli

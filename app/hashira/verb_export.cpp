// SPDX-License-Identifier: MIT
#include "context.h"
#include "options.h"
#include "progress.h"
#include "tasks.h"
#include "text.h"
#include "verbs.h"

#include "base/limits.h"
#include "base/path.h"

#include <algorithm>
#include <fstream>
#include <ostream>

namespace hashira::cli {
namespace {

/// Ten years: more than the weeks of anyone who wants all of them by default.
constexpr int kWeeks = 520;
/// Weeks read at a time, so that a bar can move.
constexpr int kRange = 52;

Status readAll(Context& context, int weeks, WeekStore& store) {
    Progress progress(context.err, context.host.errIsTerminal, "exporting");
    for (int from = 0; from < weeks; from += kRange) {
        RetrieveQuery query;
        query.from = from;
        query.to = std::min(from + kRange, weeks) - 1;
        query.includeDeleted = context.args.has("deleted");
        if (const Status read = readWeeks(context.client, query, store); !read) return read;
        progress.show(static_cast<std::size_t>(query.to + 1), static_cast<std::size_t>(weeks));
    }
    return {};
}

void write(std::ostream& out, const std::vector<const Task*>& tasks, bool array) {
    if (array) out << "[";
    bool first = true;
    for (const Task* task : tasks) {
        if (array && !first) out << ",";
        out << jsonPrintable(exportLine(*task));
        if (!array) out << "\n";
        first = false;
    }
    if (array) out << "]\n";
}

int writeFile(Context& context, const std::string& name, const std::vector<const Task*>& tasks,
              std::size_t missing) {
    std::ofstream file(toPath(name), std::ios::binary | std::ios::trunc);
    write(file, tasks, false);
    file.close();
    if (!file) return fail(context, {ErrorCode::kPrecondition, name + ": cannot be written"});
    if (context.json)
        context.out << "{\"exported\":" << tasks.size() << ",\"weeks_missing\":" << missing
                    << "}\n";
    else
        context.err << tasks.size() << " tasks exported to " << escaped(name) << "\n";
    return kExitDone;
}

int runExport(Context& context) {
    int weeks = kWeeks;
    if (const auto text = context.args.value("weeks")) {
        const auto count = parseNumber("--weeks", *text, 1, limits::kWeekOffset + 1);
        if (!count) return failUsage(context, count.error().message);
        weeks = *count;
    }
    const auto status = context.client.status();
    if (!status) return fail(context, status.error());
    WeekStore store;
    if (const Status read = readAll(context, std::max(weeks, status->weeksKept), store); !read)
        return fail(context, read.error());
    std::vector<const Task*> tasks = store.tasks();
    if (!context.args.has("deleted"))
        tasks.erase(std::remove_if(tasks.begin(), tasks.end(),
                                   [](const Task* task) { return task->deleted; }),
                    tasks.end());
    const auto gaps = store.gaps(0, limits::kWeekOffset);
    int code = kExitDone;
    const std::string file = context.args.arguments.empty() ? "-" : context.args.arguments.front();
    if (file == "-")
        write(context.out, tasks, context.json);
    else
        code = writeFile(context, file, tasks, gaps.size());
    return sayGaps(context, gaps) ? kExitFailed : code;
}

}  // namespace

VerbSpec exportVerb() {
    VerbSpec verb;
    verb.name = "export";
    verb.arguments = "[FILE]";
    verb.summary = "Write all tasks of all weeks as JSON Lines, as \"import\" reads them.";
    verb.most = 1;
    verb.hint = Hint::kFile;
    verb.options = {
        {"weeks", "N", "how many weeks back; 520"},
        {"deleted", "", "deleted tasks too"},
    };
    verb.run = runExport;
    verb.details = "Where weeks cannot be read it says which, writes the others and exits 1.";
    return verb;
}

}  // namespace hashira::cli

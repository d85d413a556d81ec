// SPDX-License-Identifier: MIT
#include "context.h"
#include "task.h"
#include "text.h"
#include "verbs.h"

#include <ostream>

namespace hashira::cli {
namespace {

int runDoctor(Context& context) {
    const auto report = context.client.doctor();
    if (!report) return fail(context, report.error());
    const int code = report->healthy ? kExitDone : kExitFailed;
    if (context.json) {
        context.out << "{\"healthy\":" << (report->healthy ? "true" : "false")
                    << ",\"findings\":" << labelsJson(report->findings)
                    << ",\"weeks_compared\":" << report->weeksCompared
                    << ",\"weeks_differed\":" << report->weeksDiffered
                    << ",\"datastore_asked\":" << (report->datastoreAsked ? "true" : "false")
                    << "}\n";
        return code;
    }
    for (const std::string& finding : report->findings) context.out << escaped(finding) << "\n";
    if (report->datastoreAsked)
        context.out << report->weeksCompared << " weeks compared with the datastore, "
                    << report->weeksDiffered << " fetched anew\n";
    else
        context.out << "the datastore could not be asked; the local checks ran all the same\n";
    context.out << (report->healthy ? "nothing is wrong\n" : "something is wrong: see above\n");
    return code;
}

}  // namespace

VerbSpec doctorVerb() {
    VerbSpec verb;
    verb.name = "doctor";
    verb.summary = "Compare with the datastore, repair what differs and check the files.";
    verb.run = runDoctor;
    return verb;
}

}  // namespace hashira::cli

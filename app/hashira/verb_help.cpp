// SPDX-License-Identifier: MIT
#include "context.h"
#include "verbs.h"

#include "model/json.h"

#include <ostream>

namespace hashira::cli {
namespace {

int runHelp(Context& context) {
    std::string text = generalHelp(allVerbs());
    if (!context.args.arguments.empty()) {
        const std::string& name = context.args.arguments.front();
        std::vector<std::string_view> names;
        const VerbSpec* found = nullptr;
        for (const VerbSpec& verb : allVerbs()) {
            names.push_back(verb.name);
            if (verb.name == name) found = &verb;
        }
        if (found == nullptr) {
            const std::string near = nearest(name, names);
            return failUsage(context, "there is no verb \"" + name + "\"" +
                                          (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
        text = verbHelp(*found);
    }
    if (context.json)
        context.out << "{\"help\":" << json::quoted(text) << "}\n";
    else
        context.out << text;
    return kExitDone;
}

}  // namespace

VerbSpec helpVerb() {
    VerbSpec verb;
    verb.name = "help";
    verb.arguments = "[VERB]";
    verb.summary = "Tell how to use this program, or one verb.";
    verb.most = 1;
    verb.hint = Hint::kVerb;
    verb.run = runHelp;
    return verb;
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "completion.h"
#include "context.h"
#include "text.h"
#include "verbs.h"

#include "model/json.h"

#include <ostream>

namespace hashira::cli {
namespace {

int runCompletion(Context& context) {
    const std::string& shell = context.args.arguments.front();
    const std::string script = completionScript(shell, allVerbs());
    if (script.empty())
        return failUsage(context, "\"" + escaped(shell) + "\" is not bash, zsh or fish");
    if (context.json)
        context.out << "{\"shell\":" << json::quoted(shell)
                    << ",\"script\":" << json::quoted(script) << "}\n";
    else
        context.out << script;
    return kExitDone;
}

}  // namespace

VerbSpec completionVerb() {
    VerbSpec verb;
    verb.name = "completion";
    verb.arguments = "bash|zsh|fish";
    verb.summary = "Print a script that completes this program's command lines.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kShell;
    verb.run = runCompletion;
    verb.details =
        "bash: source <(hashira completion bash)\n"
        "zsh:  hashira completion zsh > \"${fpath[1]}/_hashira\"\n"
        "fish: hashira completion fish > ~/.config/fish/completions/hashira.fish";
    return verb;
}

}  // namespace hashira::cli

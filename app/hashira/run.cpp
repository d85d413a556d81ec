// SPDX-License-Identifier: MIT
#include "context.h"
#include "json_stream.h"
#include "text.h"
#include "undo_journal.h"
#include "verbs.h"

#include "base/path.h"
#include "base/utf8.h"
#include "model/json.h"

#include <ostream>

namespace hashira::cli {
namespace {

/// Where a person said which daemon they mean, that may be what is wrong.
std::string noDaemon(const Context& context) {
    const std::string named =
        context.args.value("socket").value_or(context.host.variable("HASHIRA_SOCKET"));
    return "no daemon is running" + (named.empty() ? "" : " at " + escaped(named)) +
           ": start it with \"hashirad --headless\" (or \"dev run\")";
}

/// Nothing, or what is wrong with --color.
std::string decideColor(const Invocation& args, const Host& host, bool& color) {
    const std::string when = args.value("color").value_or("auto");
    color = when == "always";
    if (when == "auto")
        color = host.outIsTerminal && host.variable("NO_COLOR").empty() &&
                host.variable("TERM") != "dumb";
    else if (when != "always" && when != "never")
        return "--color takes auto, always or never, not \"" + escaped(when) + "\"";
    return {};
}

/// A problem quotes what was typed, and that may be long: then its middle is left out.
std::string shortened(const std::string& problem) {
    constexpr std::size_t kMost = 2'000;
    constexpr std::size_t kEnd = 400;
    if (problem.size() <= kMost) return problem;
    std::size_t end = problem.size() - kEnd;
    while (end > 0 && (static_cast<unsigned char>(problem[end]) & 0xC0) == 0x80) --end;
    return fitted(problem, static_cast<int>(kMost - kEnd) / 4) + problem.substr(end);
}

void sayUsage(Host& host, const VerbSpec* verb, const std::string& problem) {
    *host.err << "hashira: " << shortened(escaped(problem)) << "\n";
    *host.err << "usage: "
              << (verb != nullptr ? usageLine(*verb)
                                  : std::string("hashira [VERB] [ARGUMENTS] [OPTIONS]"))
              << "\n";
}

/// --help and --version; false: neither.
bool answerAtOnce(const Parsed& parsed, const std::vector<std::string>& args, Host& host) {
    const Invocation& call = parsed.invocation;
    const bool json = call.has("json");
    std::string text;
    if (call.has("version")) {
        text = json ? "{\"version\":\"" HASHIRA_VERSION "\"}\n" : "hashira " HASHIRA_VERSION "\n";
    } else if (call.has("help")) {
        bool named = false;
        for (const std::string& arg : args) named = named || arg == call.verb->name;
        text = named ? verbHelp(*call.verb) : generalHelp(allVerbs());
        if (json) text = "{\"help\":" + json::quoted(text) + "}\n";
    }
    *host.out << text;
    return !text.empty();
}

/// Names of files are bytes; all else is text, and is sent as such.
std::string checkText(const Invocation& call) {
    const auto bad = [](const std::string& text) {
        return "\"" + escaped(text) +
               "\" is not UTF-8; is the locale of this terminal another one?";
    };
    if (call.verb->hint != Hint::kFile)
        for (const std::string& argument : call.arguments)
            if (!isUtf8(argument)) return bad(argument);
    for (const auto* options : {&call.verb->options, &commonOptions()})
        for (const OptionSpec& option : *options)
            if (option.hint != Hint::kFile || option.name == "socket")
                for (const std::string& value : call.values(option.name))
                    if (!isUtf8(value)) return bad(value);
    return {};
}

}  // namespace

Endpoint resolveEndpoint(const Invocation& args, const Host& host) {
    return frontend::resolveEndpoint(
        {args.value("socket").value_or(""), args.value("local-token-file").value_or("")},
        host.variable);
}

const std::vector<VerbSpec>& allVerbs() {
    static const std::vector<VerbSpec> kVerbs = {
        addVerb(),     listVerb(),       showVerb(),   editVerb(),  moveVerb(),    backlogVerb(),
        todoVerb(),    startVerb(),      doneVerb(),   rmVerb(),    restoreVerb(), undoVerb(),
        watchVerb(),   statusVerb(),     syncVerb(),   pauseVerb(), resumeVerb(),  rejectedVerb(),
        doctorVerb(),  loginVerb(),      logoutVerb(), quitVerb(),  importVerb(),  exportVerb(),
        salvageVerb(), completionVerb(), helpVerb()};
    return kVerbs;
}

int fail(Context& context, const Error& error) {
    if (error.code == ErrorCode::kUnavailable) {
        context.err << "hashira: "
                    << (error.message.empty() ? noDaemon(context) : escaped(error.message, true))
                    << "\n";
        return kExitNoDaemon;
    }
    // What the daemon says may quote what somebody else wrote.
    context.err << "hashira: " << escaped(error.message, true) << "\n";
    return kExitFailed;
}

int failUsage(Context& context, const std::string& problem) {
    sayUsage(context.host, context.args.verb, problem);
    return kExitUsage;
}

int run(const std::vector<std::string>& args, Host& host) {
    const Parsed parsed = parseArguments(args, allVerbs());
    const Invocation& call = parsed.invocation;
    if (!parsed.problem.empty()) {
        sayUsage(host, call.verb, parsed.problem);
        return kExitUsage;
    }
    if (answerAtOnce(parsed, args, host)) return kExitDone;
    bool color = false;
    std::string problem = decideColor(call, host, color);
    if (problem.empty()) problem = checkText(call);
    const Endpoint endpoint = resolveEndpoint(call, host);
    if (problem.empty() && !isEndpoint(endpoint.address))
        problem =
            "\"" + escaped(endpoint.address) + "\" is no endpoint: unix:PATH or tcp:127.0.0.1:PORT";
    if (!problem.empty()) {
        sayUsage(host, call.verb, problem);
        return kExitUsage;
    }
    const std::unique_ptr<Client> client = host.makeClient(endpoint);
    UndoJournal journal(toPath(stateDirectory(host.variable)) / "undo.json");
    JsonStream json(*host.out);
    std::ostream& out = call.has("json") ? json : *host.out;
    Context context{host, *client, journal, call, out, *host.err, call.has("json"), color};
    const int code = call.verb->run(context);
    out.flush();
    host.out->flush();
    if (host.out->good()) return code;
    *host.err << "hashira: the output could not be written\n";
    return code == kExitDone ? kExitFailed : code;
}

}  // namespace hashira::cli

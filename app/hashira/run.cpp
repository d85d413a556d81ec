// SPDX-License-Identifier: MIT
#include "context.h"
#include "text.h"
#include "undo_journal.h"
#include "verbs.h"

#include "model/json.h"

#include <filesystem>
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

std::filesystem::path homeOf(const Host& host) {
    return host.variable("HOME");
}

std::filesystem::path dataDirectory(const Host& host) {
    if (const std::string own = host.variable("HASHIRA_DATA_DIR"); !own.empty()) return own;
    const std::string xdg = host.variable("XDG_DATA_HOME");
    return (xdg.empty() ? homeOf(host) / ".local/share" : std::filesystem::path(xdg)) / "hashira";
}

std::filesystem::path stateDirectory(const Host& host) {
    const std::string xdg = host.variable("XDG_STATE_HOME");
    return (xdg.empty() ? homeOf(host) / ".local/state" : std::filesystem::path(xdg)) / "hashira";
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

void sayUsage(Host& host, const VerbSpec* verb, const std::string& problem) {
    *host.err << "hashira: " << problem << "\n";
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

bool isEndpoint(const std::string& address) {
    return (address.rfind("unix:", 0) == 0 && address.size() > 5) ||
           (address.rfind("tcp:", 0) == 0 && address.find(':', 4) != std::string::npos);
}

}  // namespace

Endpoint resolveEndpoint(const Invocation& args, const Host& host) {
    Endpoint endpoint;
    endpoint.address = args.value("socket").value_or(host.variable("HASHIRA_SOCKET"));
    if (endpoint.address.empty()) {
        const std::string runtime = host.variable("XDG_RUNTIME_DIR");
        endpoint.address =
            "unix:" + (runtime.empty() ? dataDirectory(host) / "run/daemon.sock"
                                       : std::filesystem::path(runtime) / "hashira/daemon.sock")
                          .string();
    }
    endpoint.tokenFile =
        args.value("local-token-file").value_or(host.variable("HASHIRA_LOCAL_TOKEN_FILE"));
    if (endpoint.tokenFile.empty())
        endpoint.tokenFile = (dataDirectory(host) / "local-token").string();
    return endpoint;
}

const std::vector<VerbSpec>& allVerbs() {
    static const std::vector<VerbSpec> kVerbs = {
        addVerb(),        listVerb(),   showVerb(),   editVerb(),   moveVerb(),    backlogVerb(),
        todoVerb(),       startVerb(),  doneVerb(),   rmVerb(),     restoreVerb(), undoVerb(),
        watchVerb(),      statusVerb(), syncVerb(),   pauseVerb(),  resumeVerb(),  rejectedVerb(),
        doctorVerb(),     loginVerb(),  logoutVerb(), importVerb(), exportVerb(),  salvageVerb(),
        completionVerb(), helpVerb()};
    return kVerbs;
}

int fail(Context& context, const Error& error) {
    if (error.code == ErrorCode::kUnavailable) {
        context.err << "hashira: " << (error.message.empty() ? noDaemon(context) : error.message)
                    << "\n";
        return kExitNoDaemon;
    }
    context.err << "hashira: " << error.message << "\n";
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
    const Endpoint endpoint = resolveEndpoint(call, host);
    if (problem.empty() && !isEndpoint(endpoint.address))
        problem =
            "\"" + escaped(endpoint.address) + "\" is no endpoint: unix:PATH or tcp:127.0.0.1:PORT";
    if (!problem.empty()) {
        sayUsage(host, call.verb, problem);
        return kExitUsage;
    }
    const std::unique_ptr<Client> client = host.makeClient(endpoint);
    UndoJournal journal(stateDirectory(host) / "undo.json");
    Context context{host, *client, journal, call, *host.out, *host.err, call.has("json"), color};
    const int code = call.verb->run(context);
    host.out->flush();
    if (host.out->good()) return code;
    *host.err << "hashira: the output could not be written\n";
    return code == kExitDone ? kExitFailed : code;
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
// login and logout: the daemon keeps the sign-in; here is what a person gives and agrees to.
#include "context.h"
#include "platform.h"
#include "status_text.h"
#include "text.h"
#include "verbs.h"

#include "base/path.h"

#include <istream>
#include <ostream>

namespace hashira::cli {
namespace {

/// A token has some dozens of characters, a CA's chain some thousands.
constexpr std::size_t kTokenBytes = 8 * 1024;
constexpr std::size_t kCertificateBytes = 256 * 1024;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<std::string> readWhole(const std::string& file, std::size_t most) {
    auto text = readFile(toPath(file), most + 1);
    if (!text) return Error{ErrorCode::kPrecondition, "cannot read " + escaped(file)};
    if (text->size() > most)
        return Error{ErrorCode::kPrecondition, escaped(file) + " is too large for what it is for"};
    return std::move(*text);
}

/// Never from the command line itself: everybody on the machine can read that.
Result<std::string> readToken(Context& context) {
    const auto file = context.args.value("token-file");
    std::string text;
    if (file && *file != "-") {
        auto read = readWhole(*file, kTokenBytes);
        if (!read) return read.error();
        text = std::move(*read);
    } else if (!file && context.host.inIsTerminal && context.host.readSecret) {
        auto typed = context.host.readSecret("Token: ");
        if (!typed) return Error{ErrorCode::kCancelled, "no token was given"};
        text = std::move(*typed);
    } else {
        text.resize(kTokenBytes);
        context.host.in->read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(context.host.in->gcount()));
    }
    text = trimmed(text);
    if (text.empty()) return Error{ErrorCode::kPrecondition, "the token is empty"};
    return text;
}

/// True where the person agrees, by the option or when asked on a terminal.
Result<bool> agrees(Context& context, const char* option, const std::string& question,
                    const std::string& otherwise) {
    if (context.args.has(option)) return true;
    if (context.host.inIsTerminal && !context.json) {
        context.err << "hashira: " << question << " [y/N] " << std::flush;
        std::string answer;
        std::getline(*context.host.in, answer);
        answer = trimmed(answer);
        if (answer == "y" || answer == "Y" || answer == "yes") return true;
        return Error{ErrorCode::kCancelled, "nothing was changed"};
    }
    return Error{ErrorCode::kPrecondition, question + " " + otherwise};
}

std::string changes(std::uint64_t count, const char* one, const char* more) {
    return std::to_string(count) + (count == 1 ? " change " : " changes ") +
           (count == 1 ? one : more);
}

/// What signing in would do beyond it, and whether the person wants that.
Status askFor(Context& context, const front::SignedIn& checked, front::SignIn& wanted) {
    if (checked.adopts > 0) {
        const auto agreed =
            agrees(context, "adopt",
                   changes(checked.adopts, "was", "were") +
                       " made here before anybody signed in. Add these tasks to the account?",
                   "Then give --adopt.");
        if (!agreed) return agreed.error();
        wanted.adopt = *agreed;
    }
    if (checked.leaves > 0) {
        const auto agreed = agrees(
            context, "force",
            changes(checked.leaves, "of the account so far is", "of the account so far are") +
                " not synced yet. Let them wait here until it is "
                "signed in again?",
            "Then give --force.");
        if (!agreed) return agreed.error();
        wanted.leavePending = *agreed;
    }
    return {};
}

int say(Context& context, const front::Status& status, const std::string& words) {
    if (context.json)
        context.out << statusJson(status) << "\n";
    else
        context.out << words << "\n";
    return kExitDone;
}

int runLogin(Context& context) {
    front::SignIn wanted;
    wanted.datastore = context.args.arguments.front();
    if (const auto file = context.args.value("ca")) {
        auto certificate = readWhole(*file, kCertificateBytes);
        if (!certificate) return fail(context, certificate.error());
        wanted.caCertificate = std::move(*certificate);
    }
    auto token = readToken(context);
    if (!token) return fail(context, token.error());
    wanted.token = std::move(*token);
    wanted.checkOnly = true;
    const auto checked = context.client.signIn(wanted);
    if (!checked) return fail(context, checked.error());
    wanted.checkOnly = false;
    if (const Status agreed = askFor(context, *checked, wanted); !agreed)
        return fail(context, agreed.error());
    const auto done = context.client.signIn(wanted);
    if (!done) return fail(context, done.error());
    return say(
        context, done->status,
        "signed in to " + escaped(wanted.datastore) + " as account " + escaped(done->account));
}

int runLogout(Context& context) {
    const auto status = context.client.signOut(context.args.has("force"));
    if (!status) return fail(context, status.error());
    for (const std::string& warning : status->warnings)
        context.err << "hashira: " << escaped(warning) << "\n";
    return say(context, *status, "signed out; the tasks stay on this machine");
}

}  // namespace

VerbSpec loginVerb() {
    VerbSpec verb;
    verb.name = "login";
    verb.arguments = "URL";
    verb.summary = "Sign in to a datastore; the token goes into the desktop's keyring.";
    verb.least = 1;
    verb.most = 1;
    verb.options = {
        {"token-file", "FILE|-", "read the token from a file, or from stdin", Hint::kFile},
        {"ca", "FILE", "the certificate of the datastore's CA, where it is your own", Hint::kFile},
        {"adopt", "", "add the tasks made here before anybody signed in to the account"},
        {"force", "", "leave changes of the account so far that are not synced yet"}};
    verb.details =
        "URL is hashira://HOST:PORT (TLS), or hashira+plaintext://127.0.0.1:PORT on this machine.\n"
        "Without --token-file the token is asked for without showing it, or read from a pipe.\n"
        "Each account has files of its own: signing in to another one mixes nothing.\n";
    verb.run = runLogin;
    return verb;
}

VerbSpec logoutVerb() {
    VerbSpec verb;
    verb.name = "logout";
    verb.summary = "Sign out; the tasks stay on this machine.";
    verb.options = {{"force", "", "also where changes are not synced yet: they wait here"}};
    verb.run = runLogout;
    return verb;
}

}  // namespace hashira::cli

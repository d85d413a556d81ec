// SPDX-License-Identifier: MIT
// login and logout: said honestly until the keyring is there.
#include "context.h"
#include "verbs.h"

namespace hashira::cli {
namespace {

VerbSpec later(std::string_view name, std::string_view summary) {
    VerbSpec verb;
    verb.name = name;
    verb.summary = summary;
    verb.run = [](Context& context) {
        return failUsage(context,
                         std::string(context.args.verb->name) +
                             " comes with the desktop release; until then start hashirad with "
                             "--datastore URL and --token-file FILE");
    };
    return verb;
}

}  // namespace

VerbSpec loginVerb() {
    return later("login", "Sign in to a datastore (comes with the desktop release).");
}

VerbSpec logoutVerb() {
    return later("logout", "Sign out (comes with the desktop release).");
}

}  // namespace hashira::cli

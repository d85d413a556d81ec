// SPDX-License-Identifier: MIT
#include "frontend/endpoint.h"

#include <filesystem>

namespace hashira::frontend {
namespace {

using std::filesystem::path;

/// The directory that the variable names, else that one below the home.
path directory(const Variables& variable, const char* name, const char* belowHome) {
    const std::string xdg = variable(name);
    return xdg.empty() ? path(variable("HOME")) / belowHome : path(xdg);
}

path dataDirectory(const Variables& variable) {
    if (const std::string own = variable("HASHIRA_DATA_DIR"); !own.empty()) return own;
    return directory(variable, "XDG_DATA_HOME", ".local/share") / "hashira";
}

std::string firstOf(const std::string& option, const std::string& environment) {
    return option.empty() ? environment : option;
}

}  // namespace

Endpoint resolveEndpoint(const EndpointOptions& options, const Variables& variable) {
    Endpoint endpoint;
    endpoint.address = firstOf(options.socket, variable("HASHIRA_SOCKET"));
    if (endpoint.address.empty()) {
        const std::string runtime = variable("XDG_RUNTIME_DIR");
        const path socket = runtime.empty() ? dataDirectory(variable) / "run/daemon.sock"
                                            : path(runtime) / "hashira/daemon.sock";
        endpoint.address = "unix:" + socket.string();
    }
    endpoint.tokenFile = firstOf(options.localTokenFile, variable("HASHIRA_LOCAL_TOKEN_FILE"));
    if (endpoint.tokenFile.empty())
        endpoint.tokenFile = (dataDirectory(variable) / "local-token").string();
    return endpoint;
}

std::string stateDirectory(const Variables& variable) {
    return (directory(variable, "XDG_STATE_HOME", ".local/state") / "hashira").string();
}

bool isEndpoint(const std::string& address) {
    return (address.rfind("unix:", 0) == 0 && address.size() > 5) ||
           (address.rfind("tcp:", 0) == 0 && address.find(':', 4) != std::string::npos);
}

}  // namespace hashira::frontend

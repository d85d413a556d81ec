// SPDX-License-Identifier: MIT
#include "frontend/platform.h"

namespace hashira::frontend {
namespace {

using std::filesystem::path;

/// The directory that the variable names, else that one below the home.
path directory(const Variables& variable, const char* name, const char* belowHome) {
    const std::string xdg = variable(name);
    return xdg.empty() ? path(variable("HOME")) / belowHome : path(xdg);
}

}  // namespace

path defaultDataDirectory(const Variables& variable) {
    return directory(variable, "XDG_DATA_HOME", ".local/share") / "hashira";
}

path defaultStateDirectory(const Variables& variable) {
    return directory(variable, "XDG_STATE_HOME", ".local/state") / "hashira";
}

std::string defaultAddress(const path& dataDirectory, const Variables& variable) {
    const std::string runtime = variable("XDG_RUNTIME_DIR");
    const path socket =
        runtime.empty() ? dataDirectory / "run/daemon.sock" : path(runtime) / "hashira/daemon.sock";
    return "unix:" + socket.string();
}

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#pragma once

#include "names.h"

#include "model/front.h"

#include <string>
#include <string_view>

namespace hashira::cli {

/// "online", "local_only" …: as docs/cli.md lists them.
std::string_view connectivityName(front::Connectivity connectivity);
/// "network", "resume" …; empty: nothing.
std::string_view waitingName(front::WaitingFor waiting);

/// "none", "portal" …; empty: nobody says.
std::string_view networkName(Reach reach);

/// The object that status, sync, pause and resume print.
std::string statusJson(const front::Status& status);
/// For a person: what the daemon does, what it waits for and what to do about it.
std::string statusText(const front::Status& status, const Now& now, bool color);

}  // namespace hashira::cli

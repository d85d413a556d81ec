// SPDX-License-Identifier: MIT
#pragma once

#include "remote/link.h"

#include <functional>
#include <memory>
#include <string>

namespace hashira::daemon {

/// Asks for the datastore's token. Called on the core thread; the reply comes later, on it too.
using AskToken = std::function<void(std::function<void(Result<std::string>)>)>;
/// The link with the token in hand.
using MakeTokenLink = std::function<std::unique_ptr<remote::Link>(const std::string& token)>;

/// A link whose token the keyring keeps: it is asked for at the first watch, and anew after the
/// datastore refused it. Without it the watch ends with what the keyring says, so that the engine
/// names that as what it waits for, and tries again as with any other trouble.
std::unique_ptr<remote::Link> makeTokenLink(AskToken ask, MakeTokenLink make);

}  // namespace hashira::daemon

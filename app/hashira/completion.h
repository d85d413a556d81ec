// SPDX-License-Identifier: MIT
#pragma once

#include "args.h"

#include <string>
#include <vector>

namespace hashira::cli {

/// A script for bash, zsh or fish, made from the verbs; empty for any other shell.
std::string completionScript(const std::string& shell, const std::vector<VerbSpec>& verbs);

}  // namespace hashira::cli

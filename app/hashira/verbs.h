// SPDX-License-Identifier: MIT
#pragma once

#include "args.h"

/// One function a verb, each in the file named after it: what it takes and what it does.
namespace hashira::cli {

VerbSpec addVerb();
VerbSpec listVerb();
VerbSpec showVerb();
VerbSpec editVerb();
VerbSpec moveVerb();
VerbSpec backlogVerb();
VerbSpec todoVerb();
VerbSpec startVerb();
VerbSpec doneVerb();
VerbSpec rmVerb();
VerbSpec restoreVerb();
VerbSpec undoVerb();
VerbSpec watchVerb();
VerbSpec statusVerb();
VerbSpec syncVerb();
VerbSpec pauseVerb();
VerbSpec resumeVerb();
VerbSpec rejectedVerb();
VerbSpec doctorVerb();
VerbSpec loginVerb();
VerbSpec logoutVerb();
VerbSpec quitVerb();
VerbSpec importVerb();
VerbSpec exportVerb();
VerbSpec salvageVerb();
VerbSpec completionVerb();
VerbSpec helpVerb();

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#pragma once

namespace hashira {

/// A descriptor that nobody waits on and that no program started from here inherits. False: it is
/// none, as errno says.
bool makeNonBlockingAndOurs(int fd);

}  // namespace hashira

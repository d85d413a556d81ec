// SPDX-License-Identifier: MIT
#pragma once

/// What concerns the gRPC library as a whole.
namespace hashira::wire {

/// Keeps gRPC initialised until the process ends; for servers, before they start. Without it the
/// last object of gRPC that goes shuts the library down and joins its threads, and one of them may
/// poll for up to 10 s on behalf of a write that once had to wait: so long a stop would hang.
/// Also keeps gRPC's locks from being watched for deadlocks, as they are where abseil was built
/// with its assertions (Debian's is): each would be entered into a graph each time that it is
/// taken.
void keepLibrary();

}  // namespace hashira::wire

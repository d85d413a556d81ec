// SPDX-License-Identifier: MIT
#pragma once

/// What concerns the gRPC library as a whole.
namespace hashira::wire {

/// Keeps gRPC initialised until the process ends; for servers, before they start. Without it the
/// last object of gRPC that goes shuts the library down and joins its threads, and one of them may
/// poll for up to 10 s on behalf of a write that once had to wait: so long a stop would hang.
void keepLibrary();

}  // namespace hashira::wire

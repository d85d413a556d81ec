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
/// A program with this in it also has gRPC's threads for callbacks wait for as long as there is
/// nothing to do. By themselves (`CallbackAlternativeCQ` of gRPC 1.51) they wait for a second, then
/// sleep for 100 ms in which nobody takes up a call, and so on for ever: of the calls after a quiet
/// second one in 30 took 70 ms, and an idle process woke up four times a second more than it need.
/// Its timer threads sleep until a timer is due, see keepTimers().
void keepLibrary();

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#pragma once

namespace hashira::wire {

/// Has gRPC's timer threads sleep until a timer is due. By themselves (`timer_generic.cc` and
/// `posix_engine/timer.cc` of gRPC 1.51) they look up once a second for each of their lists, also
/// where a list is empty. What stands before gRPC's functions is linked with this, see
/// keepLibrary(). Where gRPC has other functions, or is no library of its own, it does as ever.
void keepTimers();

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#pragma once

namespace hashira {

/// How far this machine's network reaches, as the operating system believes. Numbered as in
/// daemon.proto.
enum class Reach {
    kUnknown = 0,  ///< nobody says
    kNone,         ///< there is no network
    kPortal,       ///< a captive portal lets nobody through before they signed in to it
    kLocal,        ///< no further than the next machines
    kSite,         ///< no further than the site's own network
    kOnline
};

struct NetworkHint {
    Reach reach = Reach::kUnknown;
    bool metered = false;  ///< what is sent costs the person money
    bool operator==(const NetworkHint&) const = default;
};

}  // namespace hashira

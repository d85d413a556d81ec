// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace hashira::desktop {
class Autostart;
}

namespace hashirad {

/// What a person may set while the daemon runs.
struct Wishes {
    int weeksKept = 0;
    double syncSeconds = 0;
    bool notifications = true;
    bool operator==(const Wishes&) const = default;
};

/// Who gave a wish on the command line or in the environment, and so fixed it for this run, as in
/// `--weeks-kept` or `HASHIRA_WEEKS_KEPT`; empty: nobody.
struct WishesFixed {
    std::string weeksKept;
    std::string syncSeconds;
    std::string notifications;
};

/// What the face asks of whoever keeps the settings. For the main thread.
class WishesPort {
public:
    virtual ~WishesPort() = default;
    /// What holds now.
    virtual Wishes wishes() const = 0;
    virtual const WishesFixed& fixed() const = 0;
    /// Writes what differs into the settings file, and lets it hold at once.
    virtual hashira::Status keep(const Wishes& wishes) = 0;
    /// Calls `changed` at each change from now on, whoever makes it; null: nobody is told.
    virtual void watch(std::function<void()> changed) = 0;
    /// The settings file.
    virtual std::string file() const = 0;
    virtual hashira::desktop::Autostart& autostart() = 0;
};

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "desktop/keyring.h"
#include "desktop/network.h"
#include "desktop/sleep.h"

#include <QtPlugin>

#include <memory>

namespace hashirad {

/// What the desktop offers around the daemon. A plugin where it brings D-Bus into the process, so
/// that a daemon starts without, and maps none of it where it needs none. For the main thread.
class Desktop {
public:
    virtual ~Desktop() = default;
    virtual std::unique_ptr<hashira::desktop::Keyring> makeKeyring() = 0;
    virtual std::unique_ptr<hashira::desktop::Network> makeNetwork() = 0;
    virtual std::unique_ptr<hashira::desktop::Sleep> makeSleep() = 0;
};

/// Loads it where it is not loaded; it is never unloaded. kNotFound where it is not installed.
/// Needs an application.
hashira::Result<Desktop*> loadDesktop();

}  // namespace hashirad

// The number grows with each change above: a plugin of another version is not taken.
#define HASHIRAD_DESKTOP_IID "hashira.Desktop/1"
Q_DECLARE_INTERFACE(hashirad::Desktop, HASHIRAD_DESKTOP_IID)

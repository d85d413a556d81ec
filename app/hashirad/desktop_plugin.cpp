// SPDX-License-Identifier: MIT
#include "desktop_plugin.h"

namespace hashirad {

std::unique_ptr<hashira::desktop::Keyring> DesktopPlugin::makeKeyring() {
    return hashira::desktop::makeKeyring();
}

std::unique_ptr<hashira::desktop::Network> DesktopPlugin::makeNetwork() {
    return hashira::desktop::makeNetwork();
}

std::unique_ptr<hashira::desktop::Sleep> DesktopPlugin::makeSleep() {
    return hashira::desktop::makeSleep();
}

}  // namespace hashirad

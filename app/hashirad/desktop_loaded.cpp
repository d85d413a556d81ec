// SPDX-License-Identifier: MIT
#include "desktop.h"
#include "plugin_loader.h"

namespace hashirad {

hashira::Result<Desktop*> loadDesktop() {
    return loadPlugin<Desktop>(HASHIRA_DESKTOP_FILE, "the plugin for keyring and network");
}

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#include "face_loader.h"

#include "plugin_loader.h"

namespace hashirad {

hashira::Result<Face*> loadFace() {
    return loadPlugin<Face>(HASHIRA_TRAY_FILE, "the tray icon's plugin");
}

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "face.h"

namespace hashirad {

/// The tray's plugin, from beside the program or from the directory for libraries. It is never
/// unloaded. kNotFound where it is not installed. Needs an application, which may go afterwards.
hashira::Result<Face*> loadFace();

}  // namespace hashirad

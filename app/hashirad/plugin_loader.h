// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QObject>

#include <string>

namespace hashirad {

/// The plugin in this file, from beside the program or from the directory for libraries. It is
/// never unloaded. kNotFound where it is not installed; `what` names it for a person. Needs an
/// application, which may go afterwards.
hashira::Result<QObject*> loadPlugin(const char* file, const std::string& what);
hashira::Error otherVersion(const std::string& what);

/// The same, as what it must be.
template <typename Interface>
hashira::Result<Interface*> loadPlugin(const char* file, const std::string& what) {
    const auto loaded = loadPlugin(file, what);
    if (!loaded) return loaded.error();
    if (auto* plugin = qobject_cast<Interface*>(*loaded)) return plugin;
    return otherVersion(what);
}

}  // namespace hashirad

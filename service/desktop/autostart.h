// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <QString>
#include <QStringList>

#include <memory>

namespace hashira::desktop {

/// What is started when the person logs in.
struct LoginProgram {
    QString path;  ///< absolute
    QStringList arguments;
};

/// Whether the desktop starts us when the person logs in. Their choice is kept where the desktop
/// keeps such choices, so that its own settings show the same, and nowhere else. For the main
/// thread; each member looks at a file or at the registry.
class Autostart {
public:
    virtual ~Autostart() = default;
    virtual bool enabled() const = 0;
    /// Enabling names the program anew, wherever it was before.
    virtual Status set(bool enabled) = 0;
};

/// This desktop's way.
std::unique_ptr<Autostart> makeAutostart(LoginProgram program);

}  // namespace hashira::desktop

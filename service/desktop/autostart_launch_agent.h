// SPDX-License-Identifier: MIT
#pragma once

#include "desktop/autostart.h"

namespace hashira::desktop {

/// macOS's way: a property list in the person's LaunchAgents. It is read at the next login.
class LaunchAgentAutostart final : public Autostart {
public:
    LaunchAgentAutostart(const QString& directory, LoginProgram program);

    bool enabled() const override;
    Status set(bool enabled) override;

private:
    const QString m_file;
    const LoginProgram m_program;
};

}  // namespace hashira::desktop

// SPDX-License-Identifier: MIT
#pragma once

#include "desktop/autostart.h"

namespace hashira::desktop {

/// The freedesktop.org way: `autostart/hashira.desktop` below the directories of settings. The
/// person's own file hides that of the system, also in order to say no.
class XdgAutostart final : public Autostart {
public:
    XdgAutostart(QString config, QStringList systemConfigs, LoginProgram program);

    bool enabled() const override;
    Status set(bool enabled) override;

private:
    /// Whether an administrator or a package starts it for everybody.
    bool systemEnabled() const;
    QByteArray entry(bool hidden) const;

    const QString m_directory;
    const QStringList m_systemFiles;
    const LoginProgram m_program;
};

}  // namespace hashira::desktop

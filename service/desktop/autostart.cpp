// SPDX-License-Identifier: MIT
#include "desktop/autostart.h"

#include "desktop/autostart_launch_agent.h"
#include "desktop/autostart_run_key.h"
#include "desktop/autostart_xdg.h"

#include <QDir>
#include <QStandardPaths>

namespace hashira::desktop {

std::unique_ptr<Autostart> makeAutostart(LoginProgram program) {
#if defined(Q_OS_WIN)
    return std::make_unique<RunKeyAutostart>(
        QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"),
        QSettings::NativeFormat, std::move(program));
#elif defined(Q_OS_MACOS)
    return std::make_unique<LaunchAgentAutostart>(
        QDir::homePath() + QStringLiteral("/Library/LaunchAgents"), std::move(program));
#else
    const QString config = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    QStringList system = QStandardPaths::standardLocations(QStandardPaths::GenericConfigLocation);
    system.removeAll(config);
    return std::make_unique<XdgAutostart>(config, system, std::move(program));
#endif
}

}  // namespace hashira::desktop

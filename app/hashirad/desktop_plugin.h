// SPDX-License-Identifier: MIT
#pragma once

#include "desktop.h"

#include <QObject>

namespace hashirad {

/// The plugin.
class DesktopPlugin final : public QObject, public Desktop {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID HASHIRAD_DESKTOP_IID)
    Q_INTERFACES(hashirad::Desktop)
public:
    std::unique_ptr<hashira::desktop::Keyring> makeKeyring() override;
    std::unique_ptr<hashira::desktop::Network> makeNetwork() override;
    std::unique_ptr<hashira::desktop::Sleep> makeSleep() override;
};

}  // namespace hashirad

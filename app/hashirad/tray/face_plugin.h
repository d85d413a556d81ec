// SPDX-License-Identifier: MIT
#pragma once

#include "face.h"

#include <QObject>

namespace hashirad::tray {

class Tray;

/// The plugin.
class FacePlugin final : public QObject, public Face {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID HASHIRAD_FACE_IID)
    Q_INTERFACES(hashirad::Face)
public:
    FacePlugin();
    ~FacePlugin() override;
    std::unique_ptr<QCoreApplication> makeApplication(int& argc, char** argv) override;
    void show(hashira::daemon::DeskPort& desk, WishesPort& wishes,
              const FaceSettings& settings) override;
    void hide() override;

private:
    std::unique_ptr<Tray> m_tray;
};

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#pragma once

#include <QtPlugin>

#include <memory>
#include <string>

class QCoreApplication;

namespace hashira::daemon {
class DeskPort;
}

namespace hashirad {

class WishesPort;

/// What the face is told of the process that it is in.
struct FaceSettings {
    std::string endpoint;  ///< where front ends reach the daemon, as --socket takes it
    std::string version;
    std::string dataDir;
};

/// What a person sees of the daemon: the tray icon with its windows. A plugin, so that a headless
/// daemon maps no widgets. All members are for the main thread.
class Face {
public:
    virtual ~Face() = default;
    /// The application with a screen, or null where there is none; then nothing else may be called.
    /// No other application may exist.
    virtual std::unique_ptr<QCoreApplication> makeApplication(int& argc, char** argv) = 0;
    /// Shows it as soon as there is a place for it. The ports outlive hide().
    virtual void show(hashira::daemon::DeskPort& desk, WishesPort& wishes,
                      const FaceSettings& settings) = 0;
    /// Nothing is asked of the ports from now on.
    virtual void hide() = 0;
};

}  // namespace hashirad

// The number grows with each change above: a plugin of another version is not taken.
#define HASHIRAD_FACE_IID "hashira.Face/2"
Q_DECLARE_INTERFACE(hashirad::Face, HASHIRAD_FACE_IID)

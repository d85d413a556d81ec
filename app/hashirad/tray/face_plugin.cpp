// SPDX-License-Identifier: MIT
#include "face_plugin.h"

#include "tray.h"

#include "translations/translations.h"

#include <QApplication>
#include <QByteArrayList>

namespace hashirad::tray {
namespace {

constexpr char kPlatform[] = "QT_QPA_PLATFORM";
/// Qt's platform of nothing. It is last in the list, so that where no screen can be opened Qt does
/// not end the process.
constexpr char kNone[] = "minimal";

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
/// Empty where there is no screen.
QByteArray platforms() {
    if (const QByteArray asked = qgetenv(kPlatform); !asked.isEmpty()) return asked;
    QByteArrayList list;
    if (!qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) list << "wayland";
    if (!qEnvironmentVariableIsEmpty("DISPLAY")) list << "xcb";
    return list.join(';');
}
#endif

std::unique_ptr<QCoreApplication> make(int& argc, char** argv) {
    auto application = std::make_unique<QApplication>(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    QApplication::setApplicationName(QStringLiteral("hashirad"));
    QApplication::setApplicationDisplayName(QStringLiteral("Hashira"));
    QApplication::setDesktopFileName(QStringLiteral("hashira"));
    hashira::translations::install(*application, QStringLiteral("tray"));
    return application;
}

}  // namespace

FacePlugin::FacePlugin() = default;
FacePlugin::~FacePlugin() = default;

std::unique_ptr<QCoreApplication> FacePlugin::makeApplication(int& argc, char** argv) {
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    const QByteArray wanted = platforms();
    if (wanted.isEmpty()) return nullptr;
    const bool given = qEnvironmentVariableIsSet(kPlatform);
    qputenv(kPlatform, wanted + ';' + kNone);
    auto application = make(argc, argv);
    // Programs that we start choose for themselves.
    if (given)
        qputenv(kPlatform, wanted);
    else
        qunsetenv(kPlatform);
    if (QGuiApplication::platformName() == QLatin1String(kNone) && wanted != kNone) return nullptr;
    return application;
#else
    return make(argc, argv);
#endif
}

void FacePlugin::show(hashira::daemon::DeskPort& desk, WishesPort& wishes,
                      const FaceSettings& settings) {
    m_tray = std::make_unique<Tray>(desk, wishes, settings);
}

void FacePlugin::hide() {
    m_tray.reset();
}

}  // namespace hashirad::tray

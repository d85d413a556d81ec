// SPDX-License-Identifier: MIT
// The floor of the tray's rows: an application with a tray icon, and nothing else.
#include <QApplication>
#include <QPixmap>
#include <QSystemTrayIcon>

#include <cstdio>

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    // Before the icon: Qt waits for the icon's host, and who waits for this line may be that.
    std::puts("ready -");
    std::fflush(stdout);
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::blue);
    QSystemTrayIcon icon{QIcon(pixmap)};
    icon.setToolTip(QStringLiteral("Nothing"));
    icon.show();
    return QApplication::exec();
}

// SPDX-License-Identifier: MIT
#include "daemon_starter.h"
#include "geometry_keeper.h"
#include "options.h"
#include "single_instance.h"
#include "window.h"

#include "base/end_process.h"
#include "frontend/grpc_client.h"
#include "translations/translations.h"

#include <QApplication>
#include <QDir>
#include <QIcon>

#include <cstdio>

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace {

using namespace hashira;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kNoDaemon = 3;

int wrongUsage(const Error& error) {
    std::fprintf(stderr, "hashira-board: %s\nSee hashira-board --help.\n", error.message.c_str());
    return kWrongUsage;
}

QStringList argumentsOf(int argc, char** argv) {
    QStringList arguments;
    for (int i = 0; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
    return arguments;
}

/// The desktop's, where the program is installed, else our own.
QIcon windowIcon() {
    QIcon own;
    for (const QFileInfo& file :
         QDir(QStringLiteral(":/icons")).entryInfoList({QStringLiteral("*.png")}))
        own.addFile(file.filePath());
    return QIcon::fromTheme(QStringLiteral("hashira"), own);
}

void bringUp(QWidget& window) {
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.show();
    window.raise();
    window.activateWindow();
}

int show(const board::Options& options) {
    const QString address = QString::fromStdString(options.endpoint.address);
    board::SingleInstance instance(options.directory, address);
    if (!instance.claim()) {
        if (instance.raiseFirst(options.rejected)) return kDone;
        std::fputs(
            "hashira-board: a board for this daemon is open already, but it does not answer; "
            "close it and try again\n",
            stderr);
        return kFailed;
    }
    const SystemClock clock;
    board::Window window([&options] { return frontend::makeGrpcClient(options.endpoint); }, clock,
                         [&options] { return board::startDaemon(options.listen); });
    QObject::connect(&instance, &board::SingleInstance::raised, &window, [&window](bool rejected) {
        bringUp(window);
        if (rejected) window.openRejected();
    });
    new board::GeometryKeeper(window, options.noted);  // the window's
    window.show();
    window.start();
    if (options.rejected) window.openRejected();
    const int code = QApplication::exec();
    return code == 0 && !window.everConnected() ? kNoDaemon : code;
}

int runBoard(int argc, char** argv) {
#ifndef _WIN32
    ::umask(0077);  // a person's tasks are nobody else's to read
#endif
    // Before there is a screen: wrong usage and --help need none.
    QCoreApplication::setApplicationName(QStringLiteral("hashira-board"));
    QCoreApplication::setApplicationVersion(QStringLiteral(HASHIRA_VERSION));
    {
        const QCoreApplication plain(argc, argv);
        const auto options = board::readOptions(QCoreApplication::arguments());
        if (!options) return wrongUsage(options.error());
        if (options->help) {
            std::fputs(board::helpText().toUtf8().constData(), stdout);
            return kDone;
        }
        if (options->version) {
            std::puts("hashira-board " HASHIRA_VERSION);
            return kDone;
        }
    }
    const QStringList arguments = argumentsOf(argc, argv);
    QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Hashira"));
    QApplication::setDesktopFileName(QStringLiteral("hashira-board"));
    QApplication::setWindowIcon(windowIcon());
    translations::install(application, QStringLiteral("board"));
    const auto options = board::readOptions(arguments);
    return options ? show(*options) : wrongUsage(options.error());
}

}  // namespace

int main(int argc, char** argv) {
    return hashira::endProcess(runBoard(argc, argv));
}

// SPDX-License-Identifier: MIT
#include "board_program.h"
#include "daemon/desk.h"
#include "desktop.h"
#include "face_loader.h"
#include "holder.h"
#include "late_keyring.h"
#include "options.h"
#include "platform.h"
#include "settings_keeper.h"
#include "successor.h"

#include "base/end_process.h"

#include <QCoreApplication>
#include <QTimer>

#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
/// Whoever starts a daemon calls it at once: until then the machine's processors are theirs.
constexpr int kCalledFirstMs = 50;

int fail(const hashira::Error& error, int code) {
    std::fprintf(stderr, "hashirad: %s\n", error.message.c_str());
    if (code == kWrongUsage) std::fputs("See hashirad --help.\n", stderr);
    return code;
}

/// The one application of the process, and the face where there is one to show.
struct Stage {
    std::unique_ptr<QCoreApplication> application;
    hashirad::Face* face = nullptr;
};

void runHeadless(const std::string& why) {
    std::fprintf(stderr, "hashirad: %s; it runs as with --headless\n", why.c_str());
}

/// With a face where it is asked for and can be shown: what is missing is no reason not to serve.
void setStage(Stage& stage, bool headless, int& argc, char** argv) {
    if (headless) return;
    const auto face = hashirad::loadFace();
    if (!face) return runHeadless(face.error().message);
    stage.application.reset();  // there is only one, of the one kind or the other
    stage.application = (*face)->makeApplication(argc, argv);
    if (stage.application) {
        stage.face = *face;
        return;
    }
    stage.application = std::make_unique<QCoreApplication>(argc, argv);
    runHeadless("there is no screen to show a tray icon on");
}

/// What the daemon hears of its machine.
class Machine {
public:
    Machine(hashira::daemon::Daemon& daemon, bool looksAtNetwork) {
        const auto desktop = hashirad::loadDesktop();
        if (!desktop) {
            std::fprintf(stderr, "hashirad: %s; the network is not looked at\n",
                         desktop.error().message.c_str());
            return;
        }
        if (looksAtNetwork) {
            m_network = (*desktop)->makeNetwork();
            m_network->watch(
                [&](const hashira::NetworkHint& hint) { daemon.networkChanged(hint); });
        }
        m_sleep = (*desktop)->makeSleep();
        m_sleep->onWake([&] { daemon.machineWoke(); });
    }

private:
    std::unique_ptr<hashira::desktop::Network> m_network;
    std::unique_ptr<hashira::desktop::Sleep> m_sleep;
};

/// A person who starts what runs already wants to see it: the board of the one that runs.
int startAgain(const std::string& dataDir, const hashira::Error& busy) {
    const auto endpoint = hashirad::waitForHolder(dataDir);
    if (!endpoint) return fail(busy, kFailed);
    if (const auto shown = hashirad::startBoard(*endpoint, dataDir); !shown)
        return fail(shown.error(), kFailed);
    std::fprintf(stderr, "hashirad: it runs already for %s; its board is opened\n",
                 dataDir.c_str());
    return 0;
}

int serve(const Stage& stage, const hashirad::Options& options, hashirad::Successor& successor) {
    const hashira::SystemClock clock;
    const auto end = [&] {
        successor.cancel();
        stage.application->quit();
    };
    hashirad::onStopSignal(end);
    successor.onCall([&stage] { stage.application->quit(); });
    hashirad::LateKeyring keyring;
    hashira::daemon::Settings settings = options.settings;
    settings.shutdown = [end] {
        QMetaObject::invokeMethod(QCoreApplication::instance(), end, Qt::QueuedConnection);
    };
    auto daemon = hashira::daemon::Daemon::start(settings, clock, &keyring);
    if (!daemon && stage.face != nullptr && daemon.error().code == hashira::ErrorCode::kBusy)
        return startAgain(options.settings.dataDir, daemon.error());
    if (!daemon) return fail(daemon.error(), kFailed);
    std::printf("hashirad is listening on %s\n", (*daemon)->endpoint().c_str());
    std::fflush(stdout);
    // From here on it can be called: whatever follows may be slow.
    std::optional<Machine> machine;
    QTimer soon;
    soon.setSingleShot(true);
    QObject::connect(&soon, &QTimer::timeout,
                     [&] { machine.emplace(**daemon, settings.looksAtNetwork); });
    soon.start(kCalledFirstMs);
    hashira::daemon::Desk desk(**daemon);
    if (stage.face) hashirad::leaveTerminal();
    hashirad::SettingsKeeper keeper(
        QCoreApplication::arguments(), options, [&daemon](const hashirad::Wishes& wishes) {
            (*daemon)->configure(wishes.weeksKept, std::llround(wishes.syncSeconds * 1000));
        });
    if (stage.face)
        stage.face->show(
            desk, keeper,
            {(*daemon)->endpoint(), options.settings.version, options.settings.dataDir});
    stage.application->exec();
    if (stage.face) stage.face->hide();
    (*daemon)->stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    hashirad::prepareProcess();
    const std::vector<std::string> arguments(argv, argv + argc);
    Stage stage{std::make_unique<QCoreApplication>(argc, argv)};
    const auto options = hashirad::readOptions(QCoreApplication::arguments());
    if (!options)
        return fail(options.error(),
                    options.error().code == hashira::ErrorCode::kInvalid ? kWrongUsage : kFailed);
    if (options->help) {
        std::fputs(hashirad::helpText().toUtf8().constData(), stdout);
        return 0;
    }
    if (options->version) {
        std::puts("hashirad " HASHIRA_VERSION);
        return 0;
    }
    hashirad::Successor successor(arguments, QCoreApplication::applicationFilePath());
    setStage(stage, options->headless, argc, argv);
    const int code = serve(stage, *options, successor);
    QCoreApplication::processEvents();  // told to end in the meantime?
    stage.application.reset();
    return hashira::endProcess(successor.called() ? successor.begin() : code);
}

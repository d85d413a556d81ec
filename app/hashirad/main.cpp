// SPDX-License-Identifier: MIT
#include "options.h"
#include "stop_signal.h"

#include <QCoreApplication>

#include <cstdio>

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int fail(const hashira::Error& error, int code) {
    std::fprintf(stderr, "hashirad: %s\n", error.message.c_str());
    if (code == kWrongUsage) std::fputs("See hashirad --help.\n", stderr);
    return code;
}

int serve(QCoreApplication& application, const hashirad::Options& options) {
    const hashira::SystemClock clock;
    hashirad::onStopSignal([&application] { application.quit(); });
    auto daemon = hashira::daemon::Daemon::start(options.settings, clock);
    if (!daemon) return fail(daemon.error(), kFailed);
    std::printf("hashirad is listening on %s\n", (*daemon)->endpoint().c_str());
    std::fflush(stdout);
    if (!options.headless)
        std::fputs("hashirad: this version has no tray icon yet; it runs as with --headless\n",
                   stderr);
    application.exec();
    (*daemon)->stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
#ifndef _WIN32
    ::umask(0077);  // a person's tasks are nobody else's to read
#endif
    QCoreApplication application(argc, argv);
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
    return serve(application, *options);
}

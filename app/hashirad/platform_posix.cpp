// SPDX-License-Identifier: MIT
#include "platform.h"

#include "base/signals_posix.h"

#include <QString>

#include <sys/stat.h>

#include <csignal>
#include <utility>

namespace hashirad {

void onStopSignal(std::function<void()> stop) {
    hashira::onSignals({SIGTERM, SIGINT}, [stop = std::move(stop), stops = false]() mutable {
        if (!std::exchange(stops, true)) stop();
    });
    hashira::takeWriteSignalsAsErrors();
}

void prepareProcess() {
    ::umask(0077);  // a person's tasks are nobody else's to read
}

void leaveTerminal() {}

std::string defaultListen(const std::string& dataDir) {
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return "unix:" + (runtime.isEmpty() ? dataDir + "/run/daemon.sock"
                                        : runtime.toStdString() + "/hashira/daemon.sock");
}

bool hasHome() {
    return !qEnvironmentVariableIsEmpty("HOME") || !qEnvironmentVariableIsEmpty("XDG_DATA_HOME");
}

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#include "desktop/sleep_logind.h"

#include "desktop/sleep.h"

#include <QDBusConnection>

#include <utility>

namespace hashira::desktop {
namespace {

class LogindSleep final : public Sleep {
public:
    void onWake(std::function<void()> woke) override {
        m_signal = std::make_unique<LogindSignal>(std::move(woke));
    }

private:
    std::unique_ptr<LogindSignal> m_signal;
};

}  // namespace

LogindSignal::LogindSignal(std::function<void()> woke) : m_woke(std::move(woke)) {
    // Without a bus, or without logind on it, nobody ever calls.
    QDBusConnection::systemBus().connect(
        QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("PrepareForSleep"), this,
        SLOT(onPrepareForSleep(bool)));
}

void LogindSignal::onPrepareForSleep(bool begins) {
    if (!begins) m_woke();
}

std::unique_ptr<Sleep> makeSleep() {
    return std::make_unique<LogindSleep>();
}

}  // namespace hashira::desktop

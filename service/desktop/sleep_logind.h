// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

#include <functional>

namespace hashira::desktop {

/// logind's signal, on the system bus: true before the machine sleeps, false when it has woken up.
/// https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html
class LogindSignal final : public QObject {
    Q_OBJECT

public:
    explicit LogindSignal(std::function<void()> woke);

private:
    Q_SLOT void onPrepareForSleep(bool begins);

    const std::function<void()> m_woke;
};

}  // namespace hashira::desktop

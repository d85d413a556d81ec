// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

#include <functional>

namespace hashira::desktop {

/// Looks whether the Secret Service of the session bus is there and open, which libsecret does not
/// tell: to it a locked keyring is one that holds nothing. Never asks the person anything.
class SecretService final : public QObject {
    Q_OBJECT

public:
    enum class State { kOpen, kLocked, kAbsent };

    explicit SecretService(std::function<void()> changed) : m_changed(std::move(changed)) {}

    /// The answer comes later. A service that the bus can start is started.
    void look(std::function<void(State)> reply);
    /// Begins to listen on the bus: `changed` is called when the state may be another one.
    void watch();

private:
    Q_SLOT void onSignal();

    const std::function<void()> m_changed;
    bool m_watching = false;
};

}  // namespace hashira::desktop

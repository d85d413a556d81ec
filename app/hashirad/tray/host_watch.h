// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <memory>

namespace hashirad::tray {

/// Whether somebody shows tray icons now. Qt asks once in a process and keeps the answer, so that
/// an icon must not be made before there is a host for it.
class HostWatch final : public QObject {
    Q_OBJECT
public:
    /// `changed` is called with whether there is a host: soon, and then at each change.
    explicit HostWatch(std::function<void(bool)> changed);
    ~HostWatch() override;

#ifdef HASHIRA_TRAY_HOSTS
    /// Whether it is one on D-Bus, which draws the menu itself.
    bool onBus() const {
        return m_onBus;
    }

private:
    Q_SLOT void look();
    void set(bool dbus, bool x11);

    class X11;
    std::unique_ptr<X11> m_x11;
    bool m_onBus = false;
    bool m_onX11 = false;
    bool m_told = false;
#else
    bool onBus() const {
        return false;
    }

private:
#endif
    std::function<void(bool)> m_changed;
};

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#include "host_watch.h"

#include <QMetaObject>

#ifdef HASHIRA_TRAY_HOSTS
#include "xembed_watch.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusServiceWatcher>
#include <QDBusVariant>
#endif

namespace hashirad::tray {

#ifndef HASHIRA_TRAY_HOSTS

HostWatch::HostWatch(std::function<void(bool)> changed) : m_changed(std::move(changed)) {
    // Windows and macOS always have one.
    QMetaObject::invokeMethod(
        this, [this] { m_changed(true); }, Qt::QueuedConnection);
}
HostWatch::~HostWatch() = default;

#else

namespace {

const QString kWatcher = QStringLiteral("org.kde.StatusNotifierWatcher");
const QString kPath = QStringLiteral("/StatusNotifierWatcher");

}  // namespace

class HostWatch::X11 : public XembedWatch {
    using XembedWatch::XembedWatch;
};

HostWatch::HostWatch(std::function<void(bool)> changed) : m_changed(std::move(changed)) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    auto* services =
        new QDBusServiceWatcher(kWatcher, bus, QDBusServiceWatcher::WatchForOwnerChange, this);
    connect(services, &QDBusServiceWatcher::serviceOwnerChanged, this, &HostWatch::look);
    for (const char* signal : {"StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"})
        bus.connect(kWatcher, kPath, kWatcher, QLatin1String(signal), this, SLOT(look()));
    m_x11 = std::make_unique<X11>([this](bool there) { set(m_onBus, there); });
    look();
}

HostWatch::~HostWatch() = default;

void HostWatch::look() {
    QDBusMessage get = QDBusMessage::createMethodCall(
        kWatcher, kPath, QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    get << kWatcher << QStringLiteral("IsStatusNotifierHostRegistered");
    get.setAutoStartService(false);
    auto* call = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(get), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [this, call] {
        const QDBusPendingReply<QDBusVariant> reply = *call;
        call->deleteLater();
        set(reply.isValid() && reply.value().variant().toBool(), m_x11->there());
    });
}

void HostWatch::set(bool dbus, bool x11) {
    const bool before = m_onBus || m_onX11;
    m_onBus = dbus;
    m_onX11 = x11;
    const bool now = m_onBus || m_onX11;
    if (std::exchange(m_told, true) && before == now) return;
    m_changed(now);
}

#endif

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#include "notifier.h"

#ifdef HASHIRA_TRAY_HOSTS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>
#endif

#include <utility>

namespace hashirad::tray {

Notifier::Notifier(Plain plain) : m_plain(std::move(plain)) {}
Notifier::~Notifier() = default;

void Notifier::showPlain(const QString& kind, const QString& title, const QString& text) {
    if (m_plain(title, text))
        m_lastPlain = kind;
    else
        Q_EMIT unseen(kind);
}

#ifndef HASHIRA_TRAY_HOSTS

void Notifier::show(const QString& kind, const QString& title, const QString& text,
                    const QString&) {
    showPlain(kind, title, text);
}

void Notifier::withdraw(const QString&) {}

#else

namespace {

const QString kService = QStringLiteral("org.freedesktop.Notifications");
const QString kPath = QStringLiteral("/org/freedesktop/Notifications");
/// The action of a click on the notification itself.
const QString kDefault = QStringLiteral("default");
const QString kOpen = QStringLiteral("open");
constexpr int kServersChoice = -1;  // how long it is shown
constexpr uchar kNormalUrgency = 1;

QDBusMessage call(const char* method) {
    return QDBusMessage::createMethodCall(kService, kPath, kService, QLatin1String(method));
}

}  // namespace

void Notifier::show(const QString& kind, const QString& title, const QString& text,
                    const QString& action) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!std::exchange(m_listening, true)) {
        bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this,
                    SLOT(onAction(uint, QString)));
        bus.connect(kService, kPath, kService, QStringLiteral("NotificationClosed"), this,
                    SLOT(onClosed(uint, uint)));
    }
    // What it can do, each time: services are exchanged while a session runs.
    auto* asked = new QDBusPendingCallWatcher(bus.asyncCall(call("GetCapabilities")), this);
    connect(asked, &QDBusPendingCallWatcher::finished, this, [=, this] {
        const QDBusPendingReply<QStringList> capabilities = *asked;
        asked->deleteLater();
        if (capabilities.isError()) return showPlain(kind, title, text);
        notify(kind, title, text, action, capabilities.value());
    });
}

void Notifier::notify(const QString& kind, const QString& title, const QString& text,
                      const QString& action, const QStringList& capabilities) {
    QStringList actions;
    if (capabilities.contains(QLatin1String("actions")))
        actions = {kDefault, action, kOpen, action};
    const bool markup = capabilities.contains(QLatin1String("body-markup"));
    const QVariantMap hints{{QStringLiteral("desktop-entry"), QStringLiteral("hashira")},
                            {QStringLiteral("urgency"), QVariant::fromValue(kNormalUrgency)}};
    const auto before = m_ids.find(kind);
    QDBusMessage message = call("Notify");
    message << QStringLiteral("Hashira") << (before == m_ids.end() ? 0U : before->second)
            << QStringLiteral("dialog-warning") << title << (markup ? text.toHtmlEscaped() : text)
            << actions << hints << kServersChoice;
    auto* shown =
        new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(message), this);
    connect(shown, &QDBusPendingCallWatcher::finished, this, [=, this] {
        const QDBusPendingReply<uint> id = *shown;
        shown->deleteLater();
        if (id.isError()) return showPlain(kind, title, text);
        m_ids[kind] = id.value();
    });
}

void Notifier::withdraw(const QString& kind) {
    const auto found = m_ids.find(kind);
    if (found == m_ids.end()) return;
    QDBusMessage message = call("CloseNotification");
    message << found->second;
    QDBusConnection::sessionBus().asyncCall(message);
    m_ids.erase(found);
}

void Notifier::onAction(uint id, const QString& action) {
    if (action != kDefault && action != kOpen) return;
    for (const auto& [kind, shown] : m_ids) {
        if (shown != id) continue;
        const QString clickedKind = kind;
        Q_EMIT clicked(clickedKind);
        return;
    }
}

void Notifier::onClosed(uint id, uint) {
    std::erase_if(m_ids, [id](const auto& entry) { return entry.second == id; });
}

#endif

}  // namespace hashirad::tray

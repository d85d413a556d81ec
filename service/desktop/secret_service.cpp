// SPDX-License-Identifier: MIT
#include "desktop/secret_service.h"

#include <QDBusConnection>
#include <QDBusError>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusServiceWatcher>
#include <QDBusVariant>
#include <QTimer>

#include <utility>

namespace hashira::desktop {
namespace {

// https://specifications.freedesktop.org/secret-service/latest
const auto kService = QStringLiteral("org.freedesktop.secrets");
const auto kDefaultCollection = QStringLiteral("/org/freedesktop/secrets/aliases/default");
const auto kCollection = QStringLiteral("org.freedesktop.Secret.Collection");
const auto kProperties = QStringLiteral("org.freedesktop.DBus.Properties");
/// A service that the bus starts has this long to answer.
constexpr int kAnswerMs = 5'000;

/// A service that has no default collection yet answers that; it makes one when it is written to.
bool isThere(QDBusError::ErrorType error) {
    switch (error) {
        case QDBusError::UnknownObject:
        case QDBusError::UnknownMethod:
        case QDBusError::UnknownInterface:
        case QDBusError::UnknownProperty:
        case QDBusError::InvalidArgs:
        case QDBusError::Other: return true;
        default: return false;
    }
}

}  // namespace

void SecretService::look(std::function<void(State)> reply) {
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        QTimer::singleShot(0, this, [reply = std::move(reply)] { reply(State::kAbsent); });
        return;
    }
    auto get = QDBusMessage::createMethodCall(kService, kDefaultCollection, kProperties,
                                              QStringLiteral("Get"));
    get << kCollection << QStringLiteral("Locked");
    auto* call = new QDBusPendingCallWatcher(bus.asyncCall(get, kAnswerMs), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [call, reply = std::move(reply)] {
        call->deleteLater();
        const QDBusPendingReply<QDBusVariant> answer = *call;
        if (answer.isError())
            return reply(isThere(answer.error().type()) ? State::kLocked : State::kAbsent);
        reply(answer.value().variant().toBool() ? State::kLocked : State::kOpen);
    });
}

void SecretService::watch() {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected() || std::exchange(m_watching, true)) return;
    auto* owner =
        new QDBusServiceWatcher(kService, bus, QDBusServiceWatcher::WatchForRegistration, this);
    connect(owner, &QDBusServiceWatcher::serviceRegistered, this, [this] { m_changed(); });
    bus.connect(kService, QString(), QStringLiteral("org.freedesktop.Secret.Service"),
                QStringLiteral("CollectionChanged"), this, SLOT(onSignal()));
    bus.connect(kService, QString(), QStringLiteral("org.freedesktop.Secret.Service"),
                QStringLiteral("CollectionCreated"), this, SLOT(onSignal()));
    bus.connect(kService, QString(), kProperties, QStringLiteral("PropertiesChanged"),
                {kCollection}, QString(), this, SLOT(onSignal()));
}

void SecretService::onSignal() {
    m_changed();
}

}  // namespace hashira::desktop

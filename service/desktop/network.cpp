// SPDX-License-Identifier: MIT
#include "desktop/network.h"

#include <QNetworkInformation>
#include <QObject>
#include <QString>
#include <QtGlobal>

#include <utility>

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
#define HASHIRA_ASKS_NETWORK_MANAGER
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusServiceWatcher>
#endif

namespace hashira::desktop {
namespace {

class QtNetwork final : public QObject, public Network {
public:
    void watch(std::function<void(NetworkHint)> told) override {
        m_told = std::move(told);
#ifdef HASHIRA_ASKS_NETWORK_MANAGER
        watchNetworkManager();
#else
        if (QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability))
            listen();
#endif
        tell();
    }

private:
    void listen() {
        m_information = QNetworkInformation::instance();
        if (m_information == nullptr) return;
        connect(m_information, &QNetworkInformation::reachabilityChanged, this, [this] {
            m_stale = false;
            tell();
        });
        connect(m_information, &QNetworkInformation::isBehindCaptivePortalChanged, this,
                [this] { tell(); });
        connect(m_information, &QNetworkInformation::isMeteredChanged, this, [this] { tell(); });
    }

    void tell() {
        const NetworkHint now = look();
        if (!std::exchange(m_first, false) && now == m_last) return;
        m_last = now;
        m_told(now);
    }

    NetworkHint look() const {
        NetworkHint hint;
        if (m_information == nullptr || m_stale) return hint;
        using Reachability = QNetworkInformation::Reachability;
        hint.metered = m_information->isMetered();
        switch (m_information->reachability()) {
            case Reachability::Unknown: break;
            case Reachability::Disconnected: hint.reach = Reach::kNone; break;
            case Reachability::Local: hint.reach = Reach::kLocal; break;
            case Reachability::Site: hint.reach = Reach::kSite; break;
            case Reachability::Online: hint.reach = Reach::kOnline; break;
        }
        if (hint.reach != Reach::kNone && m_information->isBehindCaptivePortal())
            hint.reach = Reach::kPortal;
        return hint;
    }

#ifdef HASHIRA_ASKS_NETWORK_MANAGER
    /// Qt has another backend here, GLib's, which without NetworkManager stays at what it found at
    /// its start: a daemon that began before the network would wait for ever. It is not used.
    void watchNetworkManager() {
        const QDBusConnection bus = QDBusConnection::systemBus();
        if (!bus.isConnected()) return;
        const auto service = QStringLiteral("org.freedesktop.NetworkManager");
        auto* owner =
            new QDBusServiceWatcher(service, bus, QDBusServiceWatcher::WatchForOwnerChange, this);
        connect(owner, &QDBusServiceWatcher::serviceRegistered, this, [this] {
            if (m_information == nullptr) listenToNetworkManager();
            tell();
        });
        // Qt goes on showing what it said last, also when there is another one, until that says
        // something else.
        connect(owner, &QDBusServiceWatcher::serviceUnregistered, this, [this] {
            m_stale = true;
            tell();
        });
        if (bus.interface()->isServiceRegistered(service)) listenToNetworkManager();
    }

    void listenToNetworkManager() {
        if (QNetworkInformation::loadBackendByName(QStringLiteral("networkmanager"))) listen();
    }
#endif

    std::function<void(NetworkHint)> m_told;
    QNetworkInformation* m_information = nullptr;  ///< Qt's own; null: nobody to ask
    NetworkHint m_last;
    bool m_first = true;
    bool m_stale = false;
};

}  // namespace

std::unique_ptr<Network> makeNetwork() {
    return std::make_unique<QtNetwork>();
}

}  // namespace hashira::desktop

// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <map>

class QDBusPendingCallWatcher;

namespace hashirad::tray {

/// Shows notifications on the desktop: by the notification service where there is one, else by
/// `plain`, which may be the tray icon's own way. No member waits.
class Notifier final : public QObject {
    Q_OBJECT
public:
    /// Shows it another way; false: there is none now.
    using Plain = std::function<bool(const QString& title, const QString& text)>;

    explicit Notifier(Plain plain);
    ~Notifier() override;

    /// Of one kind there is one: a later one takes the place of it. `action`: what a click does.
    void show(const QString& kind, const QString& title, const QString& text,
              const QString& action);
    void withdraw(const QString& kind);
    /// The plain one was clicked.
    void plainClicked() { Q_EMIT clicked(m_lastPlain); }

    Q_SIGNAL void clicked(const QString& kind);
    /// It could not be shown in any way.
    Q_SIGNAL void unseen(const QString& kind);

private:
    void showPlain(const QString& kind, const QString& title, const QString& text);
#ifdef HASHIRA_TRAY_HOSTS
    void notify(const QString& kind, const QString& title, const QString& text,
                const QString& action, const QStringList& capabilities);
    Q_SLOT void onAction(uint id, const QString& action);
    Q_SLOT void onClosed(uint id, uint reason);

    std::map<QString, uint> m_ids;  ///< of those that are shown, by kind
    bool m_listening = false;
#endif
    const Plain m_plain;
    QString m_lastPlain;  ///< the kind
};

}  // namespace hashirad::tray

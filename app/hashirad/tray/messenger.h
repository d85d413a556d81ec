// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"
#include "notices.h"
#include "notifier.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <map>

namespace hashirad::tray {

/// Tells a person by notifications what `Notices` decides, and remembers over starts what was
/// told. Its timer runs only while there is something to be told.
class Messenger final : public QObject {
    Q_OBJECT
public:
    /// `file`: where what was told is kept.
    Messenger(hashira::daemon::DeskPort& desk, QString file, Notifier::Plain plain);

    void look(const hashira::front::Status& status);
    /// Switched off, all that is to be told waits.
    void setOn(bool on);
    void plainClicked() { m_notifier.plainClicked(); }

    /// A notification was clicked.
    Q_SIGNAL void asked(const hashirad::tray::Notice& notice);

private:
    void step();
    void show(const Notice& notice);
    /// With the task and the reason of the refusal.
    void showRefused(Notice notice);
    void keepTold();

    hashira::daemon::DeskPort& m_desk;
    const QString m_file;
    QStringList m_kept;
    Notices m_notices;
    Notifier m_notifier;
    hashira::front::Status m_status;
    bool m_on = true;
    bool m_known = false;  ///< a status has come
    std::map<QString, Notice> m_shown;
    QElapsedTimer m_clock;
    QTimer m_next;
};

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#pragma once

#include <QFileSystemWatcher>
#include <QLockFile>
#include <QObject>
#include <QString>

namespace hashira::board {

/// One board for each daemon: who comes second tells the first one what it was started for, by a
/// file that the first one takes away.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// `directory`: where only this user may write; `endpoint`: the daemon that is meant.
    SingleInstance(const QString& directory, const QString& endpoint);

    /// Whether this is the first one; it looks for others from then on.
    bool claim();
    /// Tells the first one to come up, and what to open. Whether it heard it. Runs an event loop
    /// meanwhile.
    bool raiseFirst(bool rejected) const;

Q_SIGNALS:
    void raised(bool rejected);

private:
    void hear();

    const QString
        m_place;  ///< a directory of this daemon's boards alone: whatever changes is a call
    const QString m_call;
    QLockFile m_lock;
    QFileSystemWatcher m_watcher;
};

}  // namespace hashira::board

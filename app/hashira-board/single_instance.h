// SPDX-License-Identifier: MIT
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QString>

#include <memory>

namespace hashira::board {

/// One board for each daemon: who comes second tells the first one what it was started for.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// `directory`: where only this user may write; `endpoint`: the daemon that is meant.
    SingleInstance(const QString& directory, const QString& endpoint);

    /// Whether this is the first one; it listens from then on.
    bool claim();
    /// Tells the first one to come up, and what to open. Whether it answered.
    bool raiseFirst(bool rejected) const;

Q_SIGNALS:
    void raised(bool rejected);

private:
    void answer();

    const QString m_path;
    QLockFile m_lock;
    QLocalServer m_server;
};

}  // namespace hashira::board

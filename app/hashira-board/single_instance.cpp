// SPDX-License-Identifier: MIT
#include "single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace hashira::board {
namespace {

constexpr int kAnswerMs = 5'000;
constexpr char kRaise = 'r';
constexpr char kRejected = 'j';
constexpr char kDone = '.';

QString pathOf(const QString& directory, const QString& endpoint) {
    QDir().mkpath(directory);
    // Short enough for a socket's path, whatever the endpoint is.
    const QByteArray hash =
        QCryptographicHash::hash(endpoint.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
#ifdef Q_OS_WIN
    return QStringLiteral("hashira-board-") + QString::fromLatin1(hash);
#else
    return directory + QStringLiteral("/board-") + QString::fromLatin1(hash);
#endif
}

QString lockPath(const QString& directory, const QString& path) {
    return directory + QLatin1Char('/') + path.section(QLatin1Char('/'), -1) +
           QStringLiteral(".lock");
}

}  // namespace

SingleInstance::SingleInstance(const QString& directory, const QString& endpoint)
    : m_path(pathOf(directory, endpoint)), m_lock(lockPath(directory, m_path)) {
    m_lock.setStaleLockTime(0);  // it is held as long as its process lives
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::answer);
}

bool SingleInstance::claim() {
    if (!m_lock.tryLock(0)) return m_lock.error() != QLockFile::LockFailedError;
    QLocalServer::removeServer(m_path);  // of one that was killed
    m_server.listen(m_path);
    return true;
}

bool SingleInstance::raiseFirst(bool rejected) const {
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(kAnswerMs)) return false;
    socket.putChar(rejected ? kRejected : kRaise);
    socket.flush();
    return socket.waitForReadyRead(kAnswerMs) && socket.read(1) == QByteArray(1, kDone);
}

void SingleInstance::answer() {
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        const auto read = [this, socket] {
            const QByteArray said = socket->read(1);
            if (said.isEmpty()) return;
            Q_EMIT raised(said.front() == kRejected);
            socket->putChar(kDone);
            socket->flush();
            socket->disconnectFromServer();
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        if (socket->bytesAvailable() > 0) read();
    }
}

}  // namespace hashira::board

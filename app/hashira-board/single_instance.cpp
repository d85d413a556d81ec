// SPDX-License-Identifier: MIT
#include "single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QSaveFile>
#include <QTimer>

namespace hashira::board {
namespace {

constexpr int kAnswerMs = 5'000;
constexpr char kRaise[] = "raise";
constexpr char kRejected[] = "rejected";

QString placeOf(const QString& directory, const QString& endpoint) {
    const QByteArray hash =
        QCryptographicHash::hash(endpoint.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    const QString place = directory + QStringLiteral("/board-") + QString::fromLatin1(hash);
    QDir().mkpath(place);
    return place;
}

}  // namespace

SingleInstance::SingleInstance(const QString& directory, const QString& endpoint)
    : m_place(placeOf(directory, endpoint)),
      m_call(m_place + QStringLiteral("/call")),
      m_lock(m_place + QStringLiteral(".lock")) {
    m_lock.setStaleLockTime(0);  // it is held as long as its process lives
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &SingleInstance::hear);
}

bool SingleInstance::claim() {
    if (!m_lock.tryLock(0)) return m_lock.error() != QLockFile::LockFailedError;
    QFile::remove(m_call);  // nobody was there to hear it
    m_watcher.addPath(m_place);
    return true;
}

bool SingleInstance::raiseFirst(bool rejected) const {
    // Watched before it is there: then its end cannot be missed.
    QFileSystemWatcher watcher({m_place});
    QEventLoop loop;
    const auto look = [&] {
        if (!QFile::exists(m_call)) loop.quit();
    };
    QSaveFile call(m_call);
    if (!call.open(QIODevice::WriteOnly)) return false;
    call.write(rejected ? kRejected : kRaise);
    if (!call.commit()) return false;
    connect(&watcher, &QFileSystemWatcher::directoryChanged, &loop, look);
    QTimer::singleShot(kAnswerMs, &loop, &QEventLoop::quit);
    QTimer::singleShot(0, &loop, look);
    loop.exec();
    return !QFile::remove(m_call);  // there is none left where it was heard
}

void SingleInstance::hear() {
    QFile call(m_call);
    if (!call.open(QIODevice::ReadOnly)) return;
    const bool rejected = call.readAll() == kRejected;
    call.close();
    if (call.remove()) Q_EMIT raised(rejected);
}

}  // namespace hashira::board

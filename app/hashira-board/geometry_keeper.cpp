// SPDX-License-Identifier: MIT
#include "geometry_keeper.h"

#include <QEvent>
#include <QSettings>

namespace hashira::board {
namespace {

const QString kGeometry = QStringLiteral("window/geometry");

}  // namespace

GeometryKeeper::GeometryKeeper(QWidget& window, const QString& file)
    : QObject(&window), m_window(window), m_file(file) {
    const QSettings kept(m_file, QSettings::IniFormat);
    m_window.restoreGeometry(kept.value(kGeometry).toByteArray());
    m_window.installEventFilter(this);
}

bool GeometryKeeper::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &m_window && event->type() == QEvent::Close)
        QSettings(m_file, QSettings::IniFormat).setValue(kGeometry, m_window.saveGeometry());
    return QObject::eventFilter(watched, event);
}

}  // namespace hashira::board

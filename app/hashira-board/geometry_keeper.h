// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QWidget>

namespace hashira::board {

/// Keeps where a window stands and how large it is in a file, from when it is closed to when it is
/// opened next. Where that was on a screen that is not there any more, Qt moves it to one that is;
/// where the file cannot be read or written the window opens as it is made.
class GeometryKeeper : public QObject {
    Q_OBJECT

public:
    /// Restores, so it is made before the window is shown; the window's child.
    GeometryKeeper(QWidget& window, const QString& file);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget& m_window;
    const QString m_file;
};

}  // namespace hashira::board

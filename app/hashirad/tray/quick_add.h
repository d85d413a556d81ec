// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"

#include <QLabel>
#include <QLineEdit>
#include <QWidget>

namespace hashirad::tray {

/// A window of one line: Enter adds the task to todo, Ctrl+Enter to the backlog, Esc closes it.
class QuickAdd final : public QWidget {
    Q_OBJECT
public:
    explicit QuickAdd(hashira::daemon::DeskPort& desk);

    /// Shows it in front, empty unless a line waits in it.
    void open();

private:
    void keyPressEvent(QKeyEvent* event) override;
    void add(const char* place);

    hashira::daemon::DeskPort& m_desk;
    QLineEdit m_line;
    QLabel m_hint;
};

}  // namespace hashirad::tray

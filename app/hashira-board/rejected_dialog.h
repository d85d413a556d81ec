// SPDX-License-Identifier: MIT
#pragma once

#include "session.h"

#include <QDialog>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>

namespace hashira::board {

/// The changes that the datastore refused: each can be sent again or given up.
class RejectedDialog : public QDialog {
    Q_OBJECT

public:
    RejectedDialog(Session& session, QWidget* parent);

    QListWidget& list() { return m_list; }

private:
    void load();
    void fill(const std::vector<front::RejectedCommand>& commands);
    void showReason();
    void deal(bool retry);
    void dealt(const Status& status);

    Session& m_session;
    QLabel m_lead;
    QListWidget m_list;
    QLabel m_reason;
    QPushButton m_retry;
    QPushButton m_discard;
    std::vector<front::RejectedCommand> m_commands;
};

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "wishes.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QWidget>

namespace hashirad::tray {

/// The window of the settings that hold without a new start. What the command line or the
/// environment fixed is shown, and cannot be changed.
class SettingsWindow final : public QWidget {
    Q_OBJECT
public:
    explicit SettingsWindow(WishesPort& port);

    /// Shows it in front with what holds now.
    void open();

private:
    void build();
    void save();
    void keyPressEvent(QKeyEvent* event) override;

    WishesPort& m_port;
    Wishes m_shown;
    int m_shownSeconds = 0;  ///< of them what the field can show
    QSpinBox m_weeks;
    QSpinBox m_interval;
    QCheckBox m_notifications;
    QCheckBox m_atLogin;
    QLabel m_weeksFixed;
    QLabel m_intervalFixed;
    QLabel m_notificationsFixed;
    QLabel m_words;
    QPushButton m_save;
    QPushButton m_cancel;
};

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#include "settings_window.h"

#include "form_label.h"
#include "words.h"

#include "base/limits.h"
#include "desktop/autostart.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <cmath>

namespace hashirad::tray {
namespace {

constexpr int kWidth = 460;
constexpr int kLeastSeconds = 5;
constexpr int kMostSeconds = 86'400;

/// A field and the words of who fixed it, in one line.
QHBoxLayout* line(QWidget& field, QLabel& fixed) {
    auto* layout = new QHBoxLayout;
    layout->addWidget(&field);
    layout->addWidget(&fixed);
    layout->addStretch();
    return layout;
}

void setFixed(QWidget& field, QLabel& label, const std::string& by) {
    field.setEnabled(by.empty());
    label.setText(Words::tr("set by %1").arg(QString::fromStdString(by)));
    label.setVisible(!by.empty());
    label.setEnabled(false);
}

}  // namespace

SettingsWindow::SettingsWindow(WishesPort& port) : m_port(port) {
    build();
    connect(&m_save, &QPushButton::clicked, this, &SettingsWindow::save);
    connect(&m_cancel, &QPushButton::clicked, this, &QWidget::close);
}

void SettingsWindow::build() {
    setWindowTitle(Words::tr("Settings"));
    setWindowFlags(Qt::Dialog);
    m_weeks.setObjectName(QStringLiteral("weeks"));
    m_weeks.setRange(1, hashira::limits::kWeekOffset);
    m_weeks.setSuffix(Words::tr(" weeks"));
    m_interval.setObjectName(QStringLiteral("interval"));
    m_interval.setRange(kLeastSeconds, kMostSeconds);
    m_interval.setSuffix(Words::tr(" seconds"));
    m_notifications.setObjectName(QStringLiteral("notifications"));
    m_notifications.setText(Words::tr("&Notify me of what needs me"));
    m_atLogin.setObjectName(QStringLiteral("atLogin"));
    m_atLogin.setText(Words::tr("Start &Hashira when I log in"));
    m_words.setObjectName(QStringLiteral("words"));
    m_words.setWordWrap(true);
    m_words.setTextFormat(Qt::PlainText);
    m_save.setObjectName(QStringLiteral("save"));
    m_save.setText(Words::tr("Save"));
    m_save.setDefault(true);
    m_cancel.setText(Words::tr("Cancel"));

    auto* form = new QFormLayout;
    form->addRow(labelFor(m_weeks, Words::tr("Keep done tasks &for")), line(m_weeks, m_weeksFixed));
    form->addRow(labelFor(m_interval, Words::tr("Sync at least &every")),
                 line(m_interval, m_intervalFixed));
    auto* buttons = new QDialogButtonBox;
    buttons->addButton(&m_save, QDialogButtonBox::AcceptRole);
    buttons->addButton(&m_cancel, QDialogButtonBox::RejectRole);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addLayout(line(m_notifications, m_notificationsFixed));
    layout->addWidget(&m_atLogin);
    layout->addWidget(&m_words);
    layout->addStretch();
    layout->addWidget(buttons);
    resize(kWidth, sizeHint().height());
}

void SettingsWindow::open() {
    m_shown = m_port.wishes();
    m_weeks.setValue(m_shown.weeksKept);
    m_interval.setValue(static_cast<int>(std::lround(m_shown.syncSeconds)));
    m_shownSeconds = m_interval.value();
    m_notifications.setChecked(m_shown.notifications);
    m_atLogin.setChecked(m_port.autostart().enabled());
    const WishesFixed& fixed = m_port.fixed();
    setFixed(m_weeks, m_weeksFixed, fixed.weeksKept);
    setFixed(m_interval, m_intervalFixed, fixed.syncSeconds);
    setFixed(m_notifications, m_notificationsFixed, fixed.notifications);
    m_words.setText(
        Words::tr("Kept in %1. Changes hold at once.").arg(QString::fromStdString(m_port.file())));
    show();
    raise();
    activateWindow();
    m_weeks.setFocus();
}

void SettingsWindow::save() {
    Wishes wishes = m_shown;
    wishes.weeksKept = m_weeks.value();
    if (m_interval.value() != m_shownSeconds) wishes.syncSeconds = m_interval.value();
    wishes.notifications = m_notifications.isChecked();
    hashira::Status kept = m_port.keep(wishes);
    if (kept && m_atLogin.isChecked() != m_port.autostart().enabled())
        kept = m_port.autostart().set(m_atLogin.isChecked());
    if (kept)
        close();
    else
        m_words.setText(errorText(kept.error()));
}

void SettingsWindow::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape: close(); return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_cancel.hasFocus())
                close();
            else
                save();
            return;
        default: QWidget::keyPressEvent(event);
    }
}

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <functional>
#include <set>

namespace hashira::board {

/// What a person must know, with the one thing to do about it. What was closed stays closed until
/// it is another thing.
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    explicit NoticeBar(QWidget* parent = nullptr);

    /// `key` tells the same thing from another one. `button` may be empty.
    void tell(const QString& key, const QString& title, const QString& text, const QString& button,
              std::function<void()> act);
    void clear();
    QString key() const { return isHidden() ? QString() : m_key; }
    QPushButton& button() { return m_button; }

    /// The palette is another one.
    void takeLook();

private:
    QString m_key;
    std::set<QString> m_closed;
    QLabel m_text;
    QPushButton m_button;
    QToolButton m_close;
    std::function<void()> m_act;
};

}  // namespace hashira::board

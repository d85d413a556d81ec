// SPDX-License-Identifier: MIT
#include "notice_bar.h"

#include "look.h"

#include <QAccessible>
#include <QHBoxLayout>

namespace hashira::board {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent) {
    setAutoFillBackground(true);
    m_text.setWordWrap(true);
    m_text.setTextFormat(Qt::RichText);
    m_close.setText(QStringLiteral("✕"));
    m_close.setAutoRaise(true);
    m_close.setAccessibleName(tr("Close this message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 8);
    layout->addWidget(&m_text, 1);
    layout->addWidget(&m_button);
    layout->addWidget(&m_close);
    connect(&m_button, &QPushButton::clicked, this, [this] {
        if (m_act) m_act();
    });
    connect(&m_close, &QToolButton::clicked, this, [this] {
        m_closed.insert(m_key);
        hide();
    });
    hide();
    takeLook();
}

void NoticeBar::tell(const QString& key, const QString& title, const QString& text,
                     const QString& button, std::function<void()> act) {
    m_act = std::move(act);
    const QString said =
        QStringLiteral("<b>%1</b> %2").arg(title.toHtmlEscaped(), text.toHtmlEscaped());
    const bool anew = key != m_key || isHidden() || said != m_text.text();
    m_key = key;
    m_text.setText(said);
    m_text.setAccessibleName(title + QLatin1Char(' ') + text);
    m_button.setText(button);
    m_button.setVisible(!button.isEmpty());
    if (m_closed.contains(key)) return hide();
    show();
    if (!anew) return;
    QAccessibleEvent event(&m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void NoticeBar::clear() {
    m_closed.erase(m_key);
    m_key.clear();
    hide();
}

void NoticeBar::takeLook() {
    const Look look = Look::of(QPalette());
    QPalette colors;
    colors.setColor(QPalette::Window, look.notice);
    colors.setColor(QPalette::WindowText, look.noticeText);
    setPalette(colors);
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "quick_add.h"

#include "words.h"

#include "base/limits.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace hashirad::tray {

namespace {
constexpr int kWidth = 420;
}

QuickAdd::QuickAdd(hashira::daemon::DeskPort& desk) : m_desk(desk) {
    setWindowTitle(Words::tr("Add a task"));
    setWindowFlags(Qt::Dialog);
    m_line.setPlaceholderText(Words::tr("What is to be done?"));
    m_line.setAccessibleName(Words::tr("The task's name"));
    m_line.setMaxLength(static_cast<int>(hashira::limits::kNameCharacters));
    m_hint.setText(Words::tr("Enter: to do · Ctrl+Enter: backlog"));
    m_hint.setWordWrap(true);
    m_hint.setEnabled(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(&m_line);
    layout->addWidget(&m_hint);
    resize(kWidth, sizeHint().height());
}

void QuickAdd::open() {
    m_hint.setText(Words::tr("Enter: to do · Ctrl+Enter: backlog"));
    show();
    raise();
    activateWindow();
    m_line.setFocus();
}

void QuickAdd::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape: close(); return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            add(event->modifiers() & Qt::ControlModifier ? "backlog" : "todo");
            return;
        default: QWidget::keyPressEvent(event);
    }
}

void QuickAdd::add(const char* place) {
    const QString name = m_line.text().trimmed();
    if (name.isEmpty()) return;
    const QJsonObject payload{{QStringLiteral("name"), name},
                              {QStringLiteral("place"), QLatin1String(place)}};
    m_line.setEnabled(false);
    m_desk.send(hashira::What::kNew,
                QJsonDocument(payload).toJson(QJsonDocument::Compact).toStdString(),
                [this](const hashira::Result<hashira::front::Receipt>& receipt) {
                    m_line.setEnabled(true);
                    if (receipt) {
                        m_line.clear();
                        close();
                        return;
                    }
                    // What was typed stays.
                    m_hint.setText(errorText(receipt.error()));
                    m_line.setFocus();
                });
}

}  // namespace hashirad::tray

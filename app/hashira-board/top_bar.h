// SPDX-License-Identifier: MIT
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QMap>
#include <QMenu>
#include <QToolButton>
#include <QWidget>

#include "frontend/dates.h"

namespace hashira::board {

/// Which week, which cards: the line above the columns.
class TopBar : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(QWidget* parent = nullptr);

    void setWeek(int weeksBack, const frontend::Now& now);
    QLineEdit& search() { return m_search; }
    QToolButton& weekButton() { return m_week; }
    /// What the button of labels offers, and which of them are chosen.
    void setLabels(const QMap<QString, int>& labels, const QStringList& chosen);
    void openLabels();
    /// The palette is another one.
    void takeLook();
    void setMenu(QMenu* menu) { m_menu.setMenu(menu); }

Q_SIGNALS:
    void weekStepped(int weeksBack);
    void weekPickAsked();
    void searched(const QString& text);
    void labelToggled(const QString& label);
    /// The menu of labels is about to be seen.
    void labelsAsked();

private:
    QToolButton m_back;
    QToolButton m_week;
    QToolButton m_forward;
    QLabel m_span;
    QLineEdit m_search;
    QToolButton m_labels;
    QMenu m_labelMenu;
    QToolButton m_menu;
};

}  // namespace hashira::board

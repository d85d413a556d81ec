// SPDX-License-Identifier: MIT
#include "style.h"

namespace hashira::board {

QString styleOf(const Look& look) {
    // Who needs contrast has a style of the desktop that gives it.
    if (look.highContrast) return QStringLiteral("QToolButton::menu-indicator { image: none; }");
    const QColor hover = mixed(look.ground, look.text, 0.09);
    const QColor bar = mixed(look.column, look.text, 0.22);
    return QStringLiteral(
               "QLineEdit { background: %1; color: %2; border: 1px solid %3; border-radius: 8px;"
               " padding: 5px 9px; }"
               "QLineEdit:focus { border: 2px solid %4; padding: 4px 8px; }"
               "QPlainTextEdit { background: %1; color: %2; border: 1px solid %3; border-radius: "
               "8px;"
               " padding: 3px 5px; }"
               "QPlainTextEdit:focus { border: 2px solid %4; padding: 2px 4px; }"
               "QToolButton { border: 2px solid transparent; border-radius: 7px; padding: 3px 7px; "
               "}"
               "QToolButton:hover, QToolButton:pressed, QToolButton:open { background: %5; }"
               "QToolButton:focus { border-color: %4; }"
               "QToolButton::menu-indicator { image: none; }"
               "QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }"
               "QScrollBar::handle:vertical { background: %6; border-radius: 3px; min-height: "
               "32px; }"
               "QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }"
               "QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: none; }")
        .arg(look.card.name(), look.text.name(), mixed(look.edge, look.text, 0.08).name(),
             look.accent.name(), hover.name(), bar.name());
}

}  // namespace hashira::board

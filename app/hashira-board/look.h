// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

namespace hashira::board {

/// The board's colours, all made out of the desktop's palette: light, dark and high contrast follow
/// by themselves (Qt 6.4 tells no colour scheme).
struct Look {
    bool dark = false;
    bool highContrast = false;
    QColor ground;  ///< of the window
    QColor column;  ///< of a column
    QColor card;    ///< of a card
    QColor cardHover;
    QColor cardChosen;  ///< of one of several that are chosen
    QColor edge;        ///< around a card
    QColor text;
    QColor quiet;       ///< of what is beside the point; readable all the same
    QColor accent;      ///< the current card, where a drop will be
    QColor accentText;  ///< on the accent
    QColor alarm;       ///< overdue, refused
    QColor notice;      ///< the ground of what a person must read
    QColor noticeText;

    static Look of(const QPalette& palette);
    /// Of a label: ground and text of a hue of its own.
    QColor labelGround(const QString& label) const;
    QColor labelText(const QString& label) const;
};

/// WCAG 2: from 1 to 21; 4.5 is enough to read.
double contrast(const QColor& a, const QColor& b);
/// `part` of b in a, 0 to 1.
QColor mixed(const QColor& a, const QColor& b, double part);

}  // namespace hashira::board

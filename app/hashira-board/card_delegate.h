// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"
#include "look.h"

#include "frontend/dates.h"

#include <QStyledItemDelegate>

namespace hashira::board {

/// What all cards are painted by. The board owns it and keeps it up to date.
struct CardView {
    Look look;
    frontend::Now now;
    bool markPending = false;  ///< there is a datastore that a change can wait for
    bool several = false;      ///< others are chosen than the current card alone
};

/// Paints a card and measures it. What does not fit is cut with "…" and told in the tool tip.
class CardDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    CardDelegate(const CardView& view, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

    /// On a card that stands for so many.
    void paintCount(QPainter& painter, const QRect& card, qsizetype count) const;
    /// The label at that place of the card, or empty.
    QString labelAt(const QStyleOptionViewItem& option, const QModelIndex& index,
                    const QPoint& at) const;
    /// Fonts changed: everything is measured anew.
    void setFont(const QFont& font);

private:
    struct Chip;
    QList<Chip> chipsOf(const Card& card) const;
    QList<Chip> placed(const Card& card, const QRect& inner) const;
    void paintName(QPainter& painter, const Card& card, const QRect& inner) const;
    void paintChip(QPainter& painter, const Chip& chip) const;
    int linesOf(const Card& card, int width) const;
    bool hasChips(const Card& card) const;
    int nameWidth(const Card& card, int inner) const;

    const CardView& m_view;
    QFont m_font;
    QFont m_small;
    int m_fontNumber = 0;  ///< of the measures that are good
    int m_line = 0;        ///< height of a line of the name
    int m_chip = 0;        ///< height of a chip
};

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "card_delegate.h"
#include "card_model.h"

#include <QListView>

#include <optional>

namespace hashira::board {

/// The list of cards of one column. Keys are the window's; the mouse selects, drags and drops.
class CardList : public QListView {
    Q_OBJECT

public:
    CardList(CardModel& model, const CardView& view, QWidget* parent = nullptr);

    CardModel& cards() const { return m_model; }
    /// Changes the rows so that what is seen stays where it is: the first card that is seen, or the
    /// top of the list.
    void setCards(const std::vector<CardPtr>& wanted);
    /// The id of the current card, or empty.
    std::string currentId() const;
    void setCurrentRow(int row, bool scroll);
    /// The row of the card at that height of the list, for going there from another column.
    int rowBeside(int y) const;
    int currentY() const;
    /// What the cards show takes another height.
    void remeasure() { scheduleDelayedItemsLayout(); }

Q_SIGNALS:
    void opened();
    void labelClicked(const QString& label);
    /// By the person, not because rows came and went.
    void currentCardChanged();

protected:
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyboardSearch(const QString&) override {}
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QPixmap pictureOf(const QModelIndex& index) const;
    int dropRow(int y) const;
    int dropLineY(int row) const;
    void setDropRow(std::optional<int> row);

    CardModel& m_model;
    const CardView& m_view;
    CardDelegate* m_delegate;
    std::optional<int> m_dropRow;  ///< where a drag would drop
    bool m_changingRows = false;
};

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "card_delegate.h"
#include "card_model.h"

#include <QListView>

#include <optional>
#include <string>
#include <unordered_set>

namespace hashira::board {

using IdSet = std::unordered_set<std::string>;

/// The list of cards of one column. Keys are the window's; the mouse chooses, drags and drops. One
/// card is current, where the keyboard is; those that are chosen are what actions are meant for.
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
    /// It is current, and of the cards with these ids those are chosen that are here; none is: it.
    void setCurrentRow(int row, bool scroll, const IdSet& chosen = {});
    /// All cards from where the person began to choose up to that one.
    void extendTo(int row);
    /// In their order.
    QModelIndexList chosenRows() const;
    /// The row of the card at that height of the list, for going there from another column.
    int rowBeside(int y) const;
    int currentY() const;
    /// What the cards show takes another height.
    void remeasure() { scheduleDelayedItemsLayout(); }

Q_SIGNALS:
    void opened();
    void labelClicked(const QString& label);
    /// By the person, not because rows came and went: what is current or what is chosen.
    void choiceChanged();

protected:
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyboardSearch(const QString&) override {}
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void selectionChanged(const QItemSelection& selected,
                          const QItemSelection& deselected) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void extend(const QPersistentModelIndex& from, int row);
    QPersistentModelIndex anchor() const;
    QPixmap pictureOf(const QModelIndex& index, qsizetype count) const;
    int dropRow(int y) const;
    int dropLineY(int row) const;
    void setDropRow(std::optional<int> row);

    CardModel& m_model;
    const CardView& m_view;
    CardDelegate* m_delegate;
    std::optional<int> m_dropRow;    ///< where a drag would drop
    QPersistentModelIndex m_anchor;  ///< where the person began to choose more than one
    bool m_changingRows = false;
};

}  // namespace hashira::board

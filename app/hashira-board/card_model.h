// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"

#include <QAbstractListModel>

#include <functional>
#include <vector>

namespace hashira::board {

/// The cards of one column. What changes is told row by row, never by a reset, so that views keep
/// selection and scroll position.
class CardModel : public QAbstractListModel {
    Q_OBJECT

public:
    /// What dragged cards are handed over as: the tasks' ids, one a line.
    static const QString kMimeType;
    /// The name of a screen reader for a card.
    using Speaker = std::function<QString(const Card&)>;

    explicit CardModel(Place place, QObject* parent = nullptr);

    Place place() const { return m_place; }
    void setSpeaker(Speaker speaker) { m_speaker = std::move(speaker); }
    /// From what is shown to these cards, in this order, by the fewest changes of rows.
    void setCards(const std::vector<CardPtr>& wanted);
    const std::vector<CardPtr>& cards() const { return m_cards; }
    const CardPtr& card(int row) const { return m_cards[static_cast<std::size_t>(row)]; }
    /// -1: not here.
    int rowOf(const std::string& id) const;
    /// The same cards say something else: the time passed, or the language of the marks changed.
    void touchAll();

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override { return {kMimeType}; }
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    /// Tells dropped() and changes nothing: the rows follow once the daemon has the move.
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

Q_SIGNALS:
    /// The tasks are to stand before the card of that row; behind all where there is none.
    void dropped(const QStringList& taskIds, int row);

private:
    struct Span {
        int first = 0;   ///< of the rows that differ
        int shown = 0;   ///< how many of them are shown now
        int wanted = 0;  ///< how many there shall be
    };
    Span differing(const std::vector<CardPtr>& wanted) const;
    void removeGone(const std::vector<CardPtr>& wanted, Span& span);
    void putInOrder(const std::vector<CardPtr>& wanted, Span& span);
    void insertNew(const std::vector<CardPtr>& wanted, const Span& span);
    void replaceChanged(const std::vector<CardPtr>& wanted);
    void removeRun(int first, int count);
    void moveRow(int from, int to);

    const Place m_place;
    std::vector<CardPtr> m_cards;
    Speaker m_speaker;
};

}  // namespace hashira::board

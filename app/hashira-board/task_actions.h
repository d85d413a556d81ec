// SPDX-License-Identifier: MIT
#pragma once

#include "board.h"
#include "change_queue.h"

namespace hashira::board {

/// What a person does to tasks, as changes for the queue.
class TaskActions : public QObject {
    Q_OBJECT

public:
    TaskActions(Board& board, ChangeQueue& queue, const Clock& clock, QObject* parent = nullptr);

    void add(Place place, const QString& name);
    /// Into that place, on top. What is done to several cards is one change, in their order.
    void put(const std::vector<CardPtr>& cards, Place place);
    /// Up (below 0) or down by so many cards that are shown; kAllTheWay: to the end.
    static constexpr int kAllTheWay = 1'000'000'000;
    void shift(const std::vector<CardPtr>& cards, int rows);
    /// Before the card of that row of the place as it is shown.
    void drop(const QStringList& ids, Place place, int row);
    void edit(const std::string& id, const QString& name, const frontend::FieldMap& fields);
    void remove(const std::vector<CardPtr>& cards);

private:
    using Ids = std::vector<std::string>;
    /// Beside a card; without one, where the daemon puts what comes there.
    struct Spot {
        Place place = Place::kTodo;
        std::string card;
        bool behind = false;
    };
    static QString quoted(const QString& name);
    QString moveWords(const std::vector<CardPtr>& cards) const;
    QString moveWords(const std::vector<CardPtr>& cards, Place place) const;
    std::vector<frontend::Step> planAt(const Ids& ids, const Spot& spot) const;
    std::vector<frontend::Step> planPut(const Ids& ids, Place place) const;
    std::vector<frontend::Step> planShift(const Ids& ids, int rows) const;
    std::vector<frontend::Step> planDrop(const Ids& ids, Place place,
                                         const std::string& before) const;
    bool standsAt(const Ids& ids, const Spot& spot) const;

    Board& m_board;
    ChangeQueue& m_queue;
    const Clock& m_clock;
    SystemRandom m_random;
};

}  // namespace hashira::board

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
    /// Into that place, on top.
    void put(const CardPtr& card, Place place);
    /// Up (below 0) or down by so many cards that are shown; kAllTheWay: to the end.
    static constexpr int kAllTheWay = 1'000'000'000;
    void shift(const CardPtr& card, int rows);
    /// Before the card of that row of the place as it is shown.
    void drop(const std::string& id, Place place, int row);
    void edit(const std::string& id, const QString& name, const frontend::FieldMap& fields);
    void remove(const CardPtr& card);

private:
    static QString quoted(const QString& name);
    std::vector<frontend::Step> planShift(const std::string& id, int rows) const;
    std::vector<frontend::Step> planDrop(const std::string& id, Place place,
                                         const std::string& before) const;

    Board& m_board;
    ChangeQueue& m_queue;
    const Clock& m_clock;
    SystemRandom m_random;
};

}  // namespace hashira::board

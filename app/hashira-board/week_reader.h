// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"

#include "base/result.h"
#include "frontend/week_store.h"

#include <array>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hashira::board {

/// A week as the board shows it, handed to the GUI's thread whole: cards that did not change are
/// the same objects as before.
struct WeekCards {
    int offset = 0;
    bool complete = true;
    QString reason;                              ///< why it is not complete
    std::array<std::vector<CardPtr>, 4> places;  ///< in the order of kPlaces, each in its order
    std::unordered_map<std::string_view, CardPtr> byId;  ///< the same cards

    const std::vector<CardPtr>& of(Place place) const {
        return places[static_cast<std::size_t>(place) - 1];
    }
};
using WeekPtr = std::shared_ptr<const WeekCards>;

/// Keeps one week up to date with as little reading as possible. For one thread.
class WeekReader {
public:
    explicit WeekReader(int offset) : m_offset(offset) {}

    int offset() const { return m_offset; }
    /// Whether the notification tells of something that this week lacks.
    bool concerns(const frontend::Note& note) const;
    /// Reads what changed, or all where it cannot be told. The week as it is now.
    Result<WeekPtr> read(frontend::Client& client);
    /// The next read is a whole one.
    void forget() { m_store.clear(); }

private:
    WeekPtr cards();

    const int m_offset;
    frontend::WeekStore m_store;
    std::map<std::string, CardPtr> m_cards;  ///< by id, so that they are made anew only on a change
};

}  // namespace hashira::board

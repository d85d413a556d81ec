// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hashira::frontend {

/// A week that could not be read whole.
struct Gap {
    std::string week;
    int offset = 0;
    std::string reason;
};

/// Weeks as a front end keeps them: pieces go in, whole weeks replace, changes patch.
class WeekStore {
public:
    void apply(Piece piece);
    void clear();

    /// Newest week first, each in the order of the board.
    std::vector<const Task*> tasks() const { return tasks(0, std::numeric_limits<int>::max()); }
    /// Of those offsets, both inclusive.
    std::vector<const Task*> tasks(int from, int to) const;
    std::vector<Gap> gaps(int from, int to) const;
    const Task* find(const std::string& id) const;
    const std::optional<front::Revision>& revision() const { return m_revision; }

private:
    struct KnownWeek {
        std::string name;
        bool complete = true;
        std::string reason;
        bool replacing = false;  ///< between the first and the last piece of a whole week
        std::map<std::string, Task> tasks;
    };
    std::map<int, KnownWeek> m_weeks;  ///< by offset
    std::optional<front::Revision> m_revision;
};

/// Reads the weeks of the query into the store.
Status readWeeks(Client& client, const RetrieveQuery& query, WeekStore& store);

/// Order of the board: place, rank, id.
bool boardOrder(const Task& a, const Task& b);

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#pragma once

#include "task.h"

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hashira::cli {

struct Context;

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

/// The tasks that a verb can name: all weeks that the daemon keeps.
struct Known {
    WeekStore store;
    IdIndex index;
    int weeksKept = 1;
    front::Status status;
};
Result<Known> readKnown(Client& client, bool includeDeleted, int weeksAtLeast = 0);

/// The one task that `text` names: among those that are not deleted where it names any of them,
/// else among the deleted ones (the other way round for `restore`). kNotFound: none; kInvalid:
/// several, and the message lists them.
Result<const Task*> findTask(const Known& known, const std::string& text,
                             bool deletedFirst = false);

/// Says on stderr which weeks are incomplete and why. Returns whether there were any.
bool sayGaps(Context& context, const std::vector<Gap>& gaps);

/// The words for a task in messages: short id, two spaces, name.
std::string nameTask(const Known& known, const Task& task);

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#pragma once

#include "task.h"

#include "frontend/week_store.h"

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hashira::cli {

struct Context;

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

// SPDX-License-Identifier: MIT
#pragma once

#include "names.h"
#include "task.h"

#include <string>
#include <vector>

namespace hashira::cli {

/// How tasks are shown.
struct Look {
    int columns = 80;  ///< cells of the terminal
    bool color = false;
    std::size_t limit = kLimit;  ///< tasks a place; 0: all
    Now now;
    const IdIndex* ids = nullptr;
    /// Where no datastore is set up every change would be marked for ever: then none is.
    bool markPending = true;

    static constexpr std::size_t kLimit = 20;
};

/// The kanban: four columns side by side from 80 cells on, else one section below the other.
std::string boardText(const std::vector<const Task*>& tasks, const Look& look);

/// One line a task, for a pipe: ID, PLACE, NAME, due date, labels and marks, in aligned columns
/// with two spaces or more between. What was left out because of the limit is told in `omitted`,
/// one line a place.
std::string linesText(const std::vector<const Task*>& tasks, const Look& look,
                      std::string& omitted);

/// Everything of one task.
std::string detailText(const Task& task, const Look& look);

/// The tasks of a place as a person wants them: by rank, what is done by date, latest first.
std::vector<const Task*> ofPlace(const std::vector<const Task*>& tasks, Place place);

}  // namespace hashira::cli

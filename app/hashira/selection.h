// SPDX-License-Identifier: MIT
#pragma once

#include "board.h"
#include "context.h"
#include "tasks.h"

#include <optional>
#include <string>
#include <vector>

namespace hashira::cli {

/// Which tasks `list` and `watch` show.
struct Selection {
    int from = 0;  ///< offsets of weeks, inclusive
    int to = 0;
    std::optional<Place> place;
    std::vector<std::string> labels;  ///< all of them
    std::vector<std::string> words;   ///< all of them, in name, note or labels
    bool deleted = false;
    bool all = false;

    bool takes(const Task& task) const;
};

/// The options that readSelection understands.
std::vector<OptionSpec> selectionOptions();
/// From the arguments and options; `to` of -1: as far back as the daemon keeps.
Result<Selection> readSelection(const Context& context);

/// Those of the weeks asked for that the selection takes.
std::vector<const Task*> selected(const WeekStore& store, const Selection& selection);

/// How this terminal wants tasks.
Look lookOf(const Context& context, const IdIndex& ids, bool all, const front::Status& status);

/// A board or plain lines, as the output is a terminal or not.
void printTasks(Context& context, const std::vector<const Task*>& tasks, const Look& look);

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#pragma once

#include "context.h"
#include "tasks.h"

#include <map>
#include <string>
#include <vector>

namespace hashira::cli {

/// One change of one task, and what takes it back.
struct Change {
    std::string taskId;
    OutCommand command;
    OutCommand inverse;
};

OutCommand commandOf(Context& context, const Step& step);

/// The step and its inverse; `task` is what it is now.
Change changeTask(Context& context, const Task& task, const Step& step);
/// An UPDATE and its inverse. A change of place takes rank, started and done back as well.
Change changeFields(Context& context, const Task& task, const FieldMap& fields);

/// Remembers how to take a change back; a journal that cannot be written is told, and fails
/// nothing.
void remember(Context& context, const std::string& words, std::vector<OutCommand> inverses);

/// Sends the changes, remembers them for undo and reads the tasks again, in the order of `ids`.
Result<std::vector<Task>> applyChanges(Context& context, const std::string& words, Known& known,
                                       const std::vector<Change>& changes,
                                       const std::vector<std::string>& ids);

/// JSON: one object, or an array where several were named. Else a line for each: WORD  ID  NAME.
void printChanged(Context& context, const Known& known, const std::string& word,
                  const std::vector<Task>& tasks, bool several);

/// The ids that the arguments name, each once.
Result<std::vector<std::string>> findAll(const Known& known, const std::vector<std::string>& names,
                                         bool deletedFirst = false);

}  // namespace hashira::cli

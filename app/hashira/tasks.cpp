// SPDX-License-Identifier: MIT
#include "tasks.h"

#include "context.h"
#include "text.h"

#include <algorithm>
#include <ostream>

namespace hashira::cli {
namespace {

/// "2026-W40" or "2026-W38 to 2026-W40", newest last.
std::string spanText(const Gap& newest, const Gap& oldest) {
    return newest.offset == oldest.offset ? newest.week : oldest.week + " to " + newest.week;
}

}  // namespace

Result<Known> readKnown(Client& client, bool includeDeleted, int weeksAtLeast) {
    auto status = client.status();
    if (!status) return status.error();
    Known known;
    known.weeksKept = std::max(status->weeksKept, 1);
    known.status = std::move(*status);
    RetrieveQuery query;
    query.to = std::max(known.weeksKept, weeksAtLeast) - 1;
    query.includeDeleted = includeDeleted;
    if (const Status read = readWeeks(client, query, known.store); !read) return read.error();
    std::vector<std::string> ids;
    for (const Task* task : known.store.tasks()) ids.push_back(task->id);
    known.index = IdIndex(ids);
    return known;
}

Result<const Task*> findTask(const Known& known, const std::string& text, bool deletedFirst) {
    std::vector<const Task*> live;
    std::vector<const Task*> deleted;
    for (const std::string& id : known.index.matches(text)) {
        const Task* task = known.store.find(id);
        (task->deleted ? deleted : live).push_back(task);
    }
    const auto& first = deletedFirst ? deleted : live;
    const auto& found = first.empty() ? (deletedFirst ? live : deleted) : first;
    if (found.size() == 1) return found.front();
    const std::string shown = escaped(text);
    if (found.empty())
        return Error{ErrorCode::kNotFound, "no task of the last " +
                                               std::to_string(known.weeksKept) +
                                               " weeks has an id that begins or ends with \"" +
                                               shown + "\"; \"hashira list\" shows the ids"};
    std::string message = "\"" + shown + "\" names " + std::to_string(found.size()) +
                          (found.size() > 100 ? " or more" : "") + " tasks; which one?";
    for (std::size_t i = 0; i < found.size() && i < 10; ++i)
        message += "\n  " + nameTask(known, *found[i]);
    if (found.size() > 10) message += "\n  …";
    return Error{ErrorCode::kInvalid, message};
}

bool sayGaps(Context& context, const std::vector<Gap>& gaps) {
    for (std::size_t i = 0; i < gaps.size();) {
        std::size_t end = i + 1;
        while (end < gaps.size() && gaps[end].reason == gaps[i].reason &&
               gaps[end].offset == gaps[end - 1].offset + 1)
            ++end;
        context.err << "hashira: incomplete: " << spanText(gaps[i], gaps[end - 1]);
        if (!gaps[i].reason.empty()) context.err << ": " << escaped(gaps[i].reason);
        context.err << "\n";
        i = end;
    }
    return !gaps.empty();
}

std::string nameTask(const Known& known, const Task& task) {
    return known.index.shortId(task.id) + "  " + escaped(task.name);
}

}  // namespace hashira::cli

// SPDX-License-Identifier: MIT
#include "wire/open_tasks.h"

#include <hashira/v1/hashira.pb.h>

namespace hashira::wire {

std::vector<front::TaskLine> tasksOf(const WeekSnapshot& week, Place place, std::size_t most) {
    std::vector<front::TaskLine> tasks;
    // A key begins with the number of its place: what is elsewhere need not be parsed.
    const char first = static_cast<char>('0' + static_cast<int>(place));
    for (const auto& piece : week.pieces(false)) {
        const auto& entries = piece->entries();
        if (entries.back()->key.front() < first) continue;
        if (entries.front()->key.front() > first) break;
        for (const auto& entry : entries) {
            if (entry->deleted || entry->key.front() != first) continue;
            if (tasks.size() == most) return tasks;
            v1::RetrieveResponse one;
            if (!one.ParseFromString(entry->bytes) || one.tasks_size() != 1) continue;
            tasks.push_back({one.tasks(0).id(), one.tasks(0).name(), place});
        }
    }
    return tasks;
}

}  // namespace hashira::wire

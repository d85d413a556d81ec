// SPDX-License-Identifier: MIT
#include "selection.h"

#include "options.h"
#include "text.h"

#include "base/limits.h"
#include "model/moment.h"
#include "model/week.h"

#include <algorithm>
#include <ostream>

namespace hashira::cli {
namespace {

/// An offset, or how many weeks ago a week or a day lies.
Result<int> parseOffset(const std::string& option, const std::string& text, const Now& now) {
    const int thisWeek = Week::of(now.day).index;
    std::optional<int> index;
    if (const auto week = Week::parse(text))
        index = week->index;
    else if (const auto day = parseDay(text))
        index = Week::of(*day).index;
    if (index) return std::clamp(thisWeek - *index, 0, limits::kWeekOffset);
    auto offset = parseNumber(option, text, 0, limits::kWeekOffset);
    if (!offset)
        return invalid(
            option +
            " takes weeks back from now (0 is this week), a week like 2026-W48 or a day like " +
            "2026-11-23, not \"" + escaped(text) + "\"");
    return offset;
}

/// --from and --to; dates may stand in either order, since both ends count.
Status readRange(const Invocation& args, const Now& now, Selection& selection) {
    const auto from = args.value("from");
    const auto to = args.value("to");
    if (!from && !to) return {};
    if (args.has("weeks")) return invalid("--weeks does not go with --from and --to");
    const bool dated = (from && from->find('-') != std::string::npos) ||
                       (to && to->find('-') != std::string::npos);
    int ends[2] = {0, dated ? 0 : -1};
    if (from) {
        const auto offset = parseOffset("--from", *from, now);
        if (!offset) return offset.error();
        ends[0] = *offset;
    }
    if (to) {
        const auto offset = parseOffset("--to", *to, now);
        if (!offset) return offset.error();
        ends[1] = *offset;
    }
    if (ends[1] >= 0 && ends[0] > ends[1]) {
        if (!dated) return invalid("--from is after --to: 0 is this week, 9 is nine weeks ago");
        std::swap(ends[0], ends[1]);
    }
    selection.from = ends[0];
    selection.to = ends[1];
    return {};
}

bool mentions(const Task& task, const std::string& word) {
    if (containsFolded(task.name, word)) return true;
    if (task.note && containsFolded(*task.note, word)) return true;
    return std::any_of(task.labels.begin(), task.labels.end(),
                       [&](const std::string& label) { return containsFolded(label, word); });
}

}  // namespace

bool Selection::takes(const Task& task) const {
    if (task.deleted && !deleted) return false;
    if (place && task.place != *place) return false;
    for (const std::string& label : labels)
        if (std::find(task.labels.begin(), task.labels.end(), label) == task.labels.end())
            return false;
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return mentions(task, word); });
}

std::vector<OptionSpec> selectionOptions() {
    return {
        {"weeks", "N", "this week and the N-1 before it; 1"},
        {"from", "A", "from that week: weeks back, 2026-W48 or a day"},
        {"to", "B", "to that week, inclusive"},
        {"place", "PLACE", "only that place", Hint::kPlace},
        {"label", "LABEL", "only with that label; may be given again"},
        {"all", "", "all tasks; else the first 20 of each place"},
        {"deleted", "", "deleted tasks too"},
    };
}

Result<Selection> readSelection(const Context& context) {
    const Invocation& args = context.args;
    Selection selection;
    for (const std::string& word : args.arguments)
        if (!isBlank(word)) selection.words.push_back(word);
    selection.labels = args.values("label");
    selection.deleted = args.has("deleted");
    selection.all = args.has("all");
    if (const auto place = args.value("place")) {
        const auto known = parsePlace(*place);
        if (!known) return known.error();
        selection.place = *known;
    }
    if (const auto weeks = args.value("weeks")) {
        const auto count = parseNumber("--weeks", *weeks, 1, limits::kWeekOffset + 1);
        if (!count) return count.error();
        selection.to = *count - 1;
    }
    const Status range = readRange(args, Now::of(*context.host.clock), selection);
    if (!range) return range.error();
    return selection;
}

std::vector<const Task*> selected(const WeekStore& store, const Selection& selection) {
    std::vector<const Task*> tasks = store.tasks(selection.from, selection.to);
    tasks.erase(std::remove_if(tasks.begin(), tasks.end(),
                               [&](const Task* task) { return !selection.takes(*task); }),
                tasks.end());
    return tasks;
}

Look lookOf(const Context& context, const IdIndex& ids, bool all, const front::Status& status) {
    Look look;
    look.columns = context.host.columns();
    look.color = context.color;
    look.limit = all ? 0 : Look::kLimit;
    look.now = Now::of(*context.host.clock);
    look.ids = &ids;
    look.markPending = status.connectivity != front::Connectivity::kLocalOnly;
    return look;
}

void printTasks(Context& context, const std::vector<const Task*>& tasks, const Look& look) {
    if (context.host.outIsTerminal) {
        context.out << boardText(tasks, look);
        return;
    }
    std::string omitted;
    context.out << linesText(tasks, look, omitted);
    if (!omitted.empty()) context.err << omitted << "--all shows them\n";
}

}  // namespace hashira::cli

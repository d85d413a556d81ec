// SPDX-License-Identifier: MIT
#include "board.h"

#include "text.h"

#include "model/json.h"
#include "model/moment.h"

#include <algorithm>

namespace hashira::cli {
namespace {

constexpr int kColumnsFrom = 80;
constexpr int kGap = 2;
constexpr int kNameLines = 3;

/// A line of the board: what it takes on the screen, and how it is coloured.
struct Line {
    std::string text;
    std::string painted;
};

Line line(const Paint& paint, const char* sgr, const std::string& text) {
    return {text, paint(sgr, text)};
}

bool overdue(const Task& task, const Look& look) {
    return task.due && task.place != Place::kDone && !task.deleted &&
           isOverdue(*task.due, look.now);
}

bool pending(const Task& task, const Look& look) {
    return task.pending && look.markPending;
}

/// "! 2026-11-20", "due Fri", "#label", "deleted": what stands below or behind a name.
std::string marks(const Task& task, const Look& look) {
    std::string text;
    const auto add = [&](const std::string& mark) { text += (text.empty() ? "" : "  ") + mark; };
    if (task.deleted) add("deleted");
    if (task.due && task.place != Place::kDone)
        add((overdue(task, look) ? "! " : "due ") + escaped(sayDue(*task.due, look.now)));
    for (const std::string& label : task.labels) add("#" + escaped(label));
    return text;
}

std::vector<Line> cardLines(const Task& task, const Look& look, int width) {
    const Paint paint(look.color);
    const std::string id = look.ids->shortId(task.id) + (pending(task, look) ? "*" : " ");
    const int indent = displayWidth(id) + 1;
    std::vector<Line> lines;
    for (const std::string& part :
         wrapped(escaped(task.name), std::max(width - indent, 4), kNameLines)) {
        const bool first = lines.empty();
        const std::string lead =
            first ? id + " " : std::string(static_cast<std::size_t>(indent), ' ');
        const std::string name = task.deleted ? paint(kDim, part) : part;
        lines.push_back(
            {lead + part,
             (first ? paint(pending(task, look) ? kYellow : kDim, id) + " " : lead) + name});
    }
    const std::string below = fitted(marks(task, look), std::max(width - indent, 4));
    if (!below.empty()) {
        const std::string lead(static_cast<std::size_t>(indent), ' ');
        lines.push_back({lead + below, lead + paint(overdue(task, look) ? kRed : kCyan, below)});
    }
    return lines;
}

std::vector<Line> placeLines(const std::vector<const Task*>& tasks, Place place, const Look& look,
                             int width) {
    const Paint paint(look.color);
    const auto all = ofPlace(tasks, place);
    std::vector<Line> lines;
    const std::string title = std::string(placeName(place)) + " " + std::to_string(all.size());
    lines.push_back(line(paint, kBold, title));
    std::string rule;
    for (int i = 0; i < width; ++i) rule += "─";
    lines.push_back(line(paint, kDim, rule));
    const std::size_t shown = look.limit == 0 ? all.size() : std::min(all.size(), look.limit);
    for (std::size_t i = 0; i < shown; ++i)
        for (Line& part : cardLines(*all[i], look, width)) lines.push_back(std::move(part));
    if (shown < all.size())
        lines.push_back(
            line(paint, kDim,
                 fitted("… " + std::to_string(all.size() - shown) + " more (--all)", width)));
    return lines;
}

std::string sideBySide(const std::vector<std::vector<Line>>& places, int width) {
    std::size_t rows = 0;
    for (const auto& lines : places) rows = std::max(rows, lines.size());
    std::string text;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string out;
        int used = 0;
        for (std::size_t column = 0; column < places.size(); ++column) {
            if (row >= places[column].size()) continue;
            const int at = static_cast<int>(column) * (width + kGap);
            out.append(static_cast<std::size_t>(std::max(at - used, 0)), ' ');
            out += places[column][row].painted;
            used = at + displayWidth(places[column][row].text);
        }
        text += out + "\n";
    }
    return text;
}

std::string below(const std::vector<std::vector<Line>>& places) {
    std::string text;
    for (const auto& lines : places) {
        if (!text.empty()) text += "\n";
        for (const Line& part : lines) text += part.painted + "\n";
    }
    return text;
}

void detail(std::string& out, const Paint& paint, const std::string& name,
            const std::string& value) {
    if (!value.empty()) out += paint(kDim, padded(name, 9)) + value + "\n";
}

std::string labelsText(const Task& task) {
    std::string text;
    for (const std::string& label : task.labels)
        text += (text.empty() ? "#" : " #") + escaped(label);
    return text;
}

std::string momentText(const std::optional<std::string>& moment, const Look& look) {
    if (!moment) return {};
    return escaped(*moment) + " (" + escaped(sayRelative(*moment, look.now)) + ")";
}

}  // namespace

std::vector<const Task*> ofPlace(const std::vector<const Task*>& tasks, Place place) {
    std::vector<const Task*> found;
    for (const Task* task : tasks)
        if (task->place == place) found.push_back(task);
    if (place != Place::kDone) return found;
    const auto when = [](const Task* task) {
        const auto moment = task->done ? Moment::parse(*task->done) : std::nullopt;
        return moment ? moment->utcMs : 0;
    };
    std::stable_sort(found.begin(), found.end(),
                     [&](const Task* a, const Task* b) { return when(a) > when(b); });
    return found;
}

std::string boardText(const std::vector<const Task*>& tasks, const Look& look) {
    const bool columns = look.columns >= kColumnsFrom;
    const int width = columns ? (look.columns - 3 * kGap) / 4 : std::max(look.columns, 20);
    std::vector<std::vector<Line>> places;
    for (const Place place : kPlaces) places.push_back(placeLines(tasks, place, look, width));
    return columns ? sideBySide(places, width) : below(places);
}

std::string linesText(const std::vector<const Task*>& tasks, const Look& look,
                      std::string& omitted) {
    std::vector<const Task*> shown;
    for (const Place place : kPlaces) {
        auto all = ofPlace(tasks, place);
        if (look.limit != 0 && all.size() > look.limit) {
            omitted += std::to_string(all.size() - look.limit) + " more in " +
                       std::string(placeName(place)) + "\n";
            all.resize(look.limit);
        }
        shown.insert(shown.end(), all.begin(), all.end());
    }
    int widest = 0;
    int widestId = 4;
    for (const Task* task : shown) {
        widest = std::max(widest, displayWidth(escaped(task->name)));
        widestId = std::max(widestId, displayWidth(look.ids->shortId(task->id)));
    }
    widest = std::min(widest, 60);
    const Paint paint(look.color);
    std::string text;
    for (const Task* task : shown) {
        const std::string id = padded(look.ids->shortId(task->id), widestId);
        std::string behind = marks(*task, look);
        if (pending(*task, look)) behind += (behind.empty() ? "" : "  ") + std::string("*");
        const std::string name = escaped(task->name);
        text += paint(kDim, id) + "  " + padded(placeName(task->place), 7) + "  ";
        text += behind.empty() ? name
                               : padded(name, widest) + "  " +
                                     paint(overdue(*task, look) ? kRed : kCyan, behind);
        text += "\n";
    }
    return text;
}

std::string detailText(const Task& task, const Look& look) {
    const Paint paint(look.color);
    std::string out = paint(kBold, escaped(task.name)) + "\n";
    detail(out, paint, "id", task.id);
    detail(out, paint, "place",
           std::string(placeName(task.place)) + (task.deleted ? ", deleted" : ""));
    if (task.due)
        detail(out, paint, "due",
               escaped(*task.due) + (overdue(task, look) ? paint(kRed, " overdue") : ""));
    detail(out, paint, "labels", labelsText(task));
    detail(out, paint, "created", momentText(task.created, look));
    detail(out, paint, "started", momentText(task.started, look));
    detail(out, paint, "done", momentText(task.done, look));
    detail(out, paint, "week", task.week);
    if (pending(task, look)) detail(out, paint, "synced", "not yet");
    if (!task.extraJson.empty())
        if (const auto members = json::parseObject(task.extraJson))
            for (const json::Member& member : *members)
                detail(out, paint, escaped(member.name) + " ", escaped(member.value));
    if (task.note) out += "\n" + escaped(*task.note, true) + "\n";
    return out;
}

}  // namespace hashira::cli

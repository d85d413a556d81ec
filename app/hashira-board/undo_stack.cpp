// SPDX-License-Identifier: MIT
#include "undo_stack.h"

#include <utility>

namespace hashira::board {

using frontend::FieldMap;
using frontend::Step;

namespace {

/// A change of place fills these in: they are one choice of a person's, and stand or fall together.
constexpr const char* kOfPlace[] = {"place", "rank", "started", "done"};

bool movesPlace(const FieldMap& fields) {
    return fields.contains("place");
}

}  // namespace

std::vector<FieldMap> fieldsLeft(const std::vector<Step>& back, const FindTask& find) {
    std::vector<FieldMap> all;
    for (const Step& step : back) {
        FieldMap fields;
        if (const frontend::Task* task = find(step.taskId))
            for (const auto& [name, value] : step.fields)
                fields[name] = frontend::fieldNow(*task, name);
        all.push_back(std::move(fields));
    }
    return all;
}

std::vector<Step> stillOwn(const Undoable& entry, const FindTask& find) {
    std::vector<Step> own;
    for (std::size_t i = 0; i < entry.back.size(); ++i) {
        Step step = entry.back[i];
        const frontend::Task* task = find(step.taskId);
        if (task != nullptr && i < entry.left.size()) {
            const FieldMap& left = entry.left[i];
            const auto changed = [&](const std::string& name) {
                const auto was = left.find(name);
                return was != left.end() && frontend::fieldNow(*task, name) != was->second;
            };
            if (movesPlace(step.fields) && changed("place"))
                for (const char* name : kOfPlace) step.fields.erase(name);
            for (auto at = step.fields.begin(); at != step.fields.end();)
                at = !movesPlace(step.fields) && changed(at->first) ? step.fields.erase(at)
                                                                    : std::next(at);
        }
        if (step.what != What::kUpdate || !step.fields.empty()) own.push_back(std::move(step));
    }
    return own;
}

void UndoStack::did(Undoable entry) {
    m_redo.clear();
    push(m_undo, std::move(entry));
}

void UndoStack::undid(Undoable again) {
    push(m_redo, std::move(again));
}

void UndoStack::redid(Undoable entry) {
    push(m_undo, std::move(entry));
}

std::optional<Undoable> UndoStack::take(std::vector<Undoable>& from) {
    if (from.empty()) return {};
    Undoable entry = std::move(from.back());
    from.pop_back();
    return entry;
}

void UndoStack::push(std::vector<Undoable>& to, Undoable entry) {
    to.push_back(std::move(entry));
    if (to.size() > kEntries) to.erase(to.begin());
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/step.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace hashira::board {

/// One change of the person's, and what takes it back.
struct Undoable {
    QString words;  ///< what was done: "Move “Buy milk”"
    std::vector<frontend::Step> back;
    /// What each field of `back` was once the change was seen: what is not so any more was changed
    /// by somebody else meanwhile, and is not taken back.
    std::vector<frontend::FieldMap> left;
};

using FindTask = std::function<const frontend::Task*(const std::string& id)>;

/// What `left` is to be for those steps: the fields as the tasks have them now.
std::vector<frontend::FieldMap> fieldsLeft(const std::vector<frontend::Step>& back,
                                           const FindTask& find);

/// The steps of the entry that still take something of the person's own back.
std::vector<frontend::Step> stillOwn(const Undoable& entry, const FindTask& find);

/// Undo and redo of one's own changes, while the window is open.
class UndoStack {
public:
    /// A person does not count further back, and each entry may hold a long note.
    static constexpr std::size_t kEntries = 200;

    /// A new change: what was undone before it cannot be done again any more.
    void did(Undoable entry);
    /// What was undone, and how to do it again.
    void undid(Undoable again);
    /// What was done again, and how to take it back.
    void redid(Undoable entry);

    std::optional<Undoable> takeUndo() { return take(m_undo); }
    std::optional<Undoable> takeRedo() { return take(m_redo); }
    bool canUndo() const { return !m_undo.empty(); }
    bool canRedo() const { return !m_redo.empty(); }

private:
    static std::optional<Undoable> take(std::vector<Undoable>& from);
    static void push(std::vector<Undoable>& to, Undoable entry);

    std::vector<Undoable> m_undo;
    std::vector<Undoable> m_redo;
};

}  // namespace hashira::board

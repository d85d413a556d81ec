// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"

#include "base/result.h"
#include "frontend/changes.h"
#include "frontend/dates.h"

#include <array>
#include <optional>

namespace hashira::board {

/// What a person changes of a task while others may change it too. Only what the person touched is
/// sent; what they did not touch follows the task.
class EditState {
public:
    enum Field { kName, kDue, kLabels, kNote };
    static constexpr std::size_t kFields = 4;

    explicit EditState(const frontend::Task& task);

    const std::string& taskId() const { return m_id; }
    /// As it is to be shown: typed, or as the task has it.
    const QString& text(Field field) const { return m_typed[field]; }
    bool touched(Field field) const { return m_typed[field] != m_base[field]; }
    bool touched() const;
    void type(Field field, const QString& text);
    /// The task changed elsewhere. The fields that are to be shown anew.
    std::vector<Field> follow(const frontend::Task& task);
    /// It was deleted elsewhere: saving brings it back.
    void lost() { m_lost = true; }
    bool isLost() const { return m_lost; }
    /// What it is elsewhere now, where both changed it.
    const std::optional<QString>& theirs(Field field) const { return m_theirs[field]; }
    void takeTheirs(Field field);

    /// What to send; nothing was touched: empty. The error says which text is wrong.
    Result<frontend::FieldMap> fields(const frontend::Now& now) const;

private:
    std::string m_id;
    std::array<QString, kFields> m_base;  ///< as the task has it
    std::array<QString, kFields> m_typed;
    std::array<std::optional<QString>, kFields> m_theirs;
    bool m_lost = false;
};

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "edit_state.h"

#include "label_text.h"
#include "texts.h"

#include "model/json.h"

#include <algorithm>

namespace hashira::board {
namespace {

QString textOf(const frontend::Task& task, EditState::Field field) {
    switch (field) {
        case EditState::kName: return QString::fromStdString(task.name);
        case EditState::kDue: return QString::fromStdString(task.due.value_or(""));
        case EditState::kNote: return QString::fromStdString(task.note.value_or(""));
        case EditState::kLabels: break;
    }
    return labelsText(task.labels);
}

constexpr EditState::Field kAll[] = {EditState::kName, EditState::kDue, EditState::kLabels,
                                     EditState::kNote};

}  // namespace

EditState::EditState(const frontend::Task& task) : m_id(task.id) {
    for (const Field field : kAll) m_base[field] = m_typed[field] = textOf(task, field);
}

bool EditState::touched() const {
    return std::any_of(std::begin(kAll), std::end(kAll),
                       [this](Field field) { return touched(field); });
}

void EditState::type(Field field, const QString& text) {
    m_typed[field] = text;
    if (!touched(field)) m_theirs[field].reset();
}

std::vector<EditState::Field> EditState::follow(const frontend::Task& task) {
    std::vector<Field> anew;
    m_lost = false;
    for (const Field field : kAll) {
        const QString now = textOf(task, field);
        if (now == m_base[field]) continue;
        const bool own = touched(field);
        m_base[field] = now;
        m_theirs[field].reset();
        if (!own)
            m_typed[field] = now;
        else if (now != m_typed[field])
            m_theirs[field] = now;
        anew.push_back(field);
    }
    return anew;
}

void EditState::takeTheirs(Field field) {
    m_typed[field] = m_base[field];
    m_theirs[field].reset();
}

Result<frontend::FieldMap> EditState::fields(const frontend::Now& now) const {
    frontend::FieldMap fields;
    if (touched(kName)) {
        const QString name = m_typed[kName].trimmed();
        if (name.isEmpty()) return invalid(Texts::tr("The name must not be empty.").toStdString());
        fields["name"] = json::quoted(name.toStdString());
    }
    if (touched(kDue)) {
        const std::string due = dateInEnglish(m_typed[kDue]);
        fields["due"] = "null";
        if (!due.empty()) {
            const auto date = frontend::parseDate(due, now);
            if (!date)
                return invalid(
                    Texts::tr("“%1” is no date. Understood are today, tomorrow, fri, next "
                              "week, in 3 days, dec 1, 2026-12-01.")
                        .arg(m_typed[kDue].trimmed())
                        .toStdString());
            fields["due"] = json::quoted(*date);
        }
    }
    if (touched(kLabels)) {
        const auto labels = labelsOf(m_typed[kLabels]);
        fields["labels"] = labels.empty() ? "null" : frontend::labelsJson(labels);
    }
    if (touched(kNote)) fields["note"] = frontend::textOrNull(m_typed[kNote].toStdString());
    if (m_lost) fields["deleted"] = "false";
    return fields;
}

}  // namespace hashira::board

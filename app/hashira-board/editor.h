// SPDX-License-Identifier: MIT
#pragma once

#include "board.h"
#include "edit_state.h"

#include <QCompleter>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

namespace hashira::board {

/// Edits one task. Stays open, with what was typed, whatever happens to the task meanwhile, and
/// tells of it.
class Editor : public QDialog {
    Q_OBJECT

public:
    Editor(const CardPtr& card, const QStringList& labels, const Clock& clock, QWidget* parent);

    const std::string& taskId() const { return m_state.taskId(); }
    /// The task as the board has it now; nothing: it is gone.
    void follow(const CardPtr& card);

Q_SIGNALS:
    void saved(const QString& name, const hashira::frontend::FieldMap& fields);

protected:
    void accept() override;
    void reject() override;

private:
    struct Row {
        QLabel* theirs = nullptr;  ///< what it is elsewhere; hidden where nobody else changed it
        QPushButton* take = nullptr;
    };
    void buildFields(const QStringList& labels);
    QWidget* withTheirs(QWidget* field, EditState::Field which);
    void typed(EditState::Field field, const QString& text);
    void fill(EditState::Field field);
    void showTheirs();
    void showDue();
    void tell(const QString& words, bool bad);

    const Clock& m_clock;
    EditState m_state;
    std::array<Row, EditState::kFields> m_rows;
    QLabel m_notice;
    QLineEdit m_name;
    QLineEdit m_due;
    QLabel m_dueSaid;
    QLineEdit m_labels;
    QPlainTextEdit m_note;
    QLabel m_facts;
    bool m_filling = false;
};

}  // namespace hashira::board

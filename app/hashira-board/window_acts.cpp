// SPDX-License-Identifier: MIT
// What keys and menu entries do.
#include "window.h"

#include "help_dialog.h"
#include "week_picker.h"

#include "words.h"

#include <QMessageBox>

namespace hashira::board {

void Window::makeActions() {
    for (const ActSpec& spec : allActs()) {
        auto* action = new QAction(spec.text, this);
        action->setShortcuts(spec.keys);
        connect(action, &QAction::triggered, this, [this, act = spec.act] { run(act); });
        m_acts[spec.act] = action;
        if (spec.ofCards) {
            action->setShortcutContext(Qt::WidgetShortcut);
            for (const Place place : kPlaces) m_board.column(place).list().addAction(action);
        } else {
            addAction(action);
        }
    }
    m_acts[Act::kUndo]->setEnabled(false);
    m_acts[Act::kRedo]->setEnabled(false);
    for (const Act act : {Act::kAdd, Act::kUndo, Act::kRedo}) m_menu.addAction(m_acts[act]);
    m_menu.addSeparator();
    for (const Act act : {Act::kRejected, Act::kSync}) m_menu.addAction(m_acts[act]);
    m_menu.addSeparator();
    m_menu.addAction(m_acts[Act::kHelp]);
    connect(m_menu.addAction(tr("About Hashira")), &QAction::triggered, this, &Window::about);
    m_menu.addAction(m_acts[Act::kClose]);
}

void Window::run(Act act) {
    switch (act) {
        case Act::kUp: return m_board.go(0, -1);
        case Act::kDown: return m_board.go(0, 1);
        case Act::kLeft: return m_board.go(-1, 0);
        case Act::kRight: return m_board.go(1, 0);
        case Act::kFirst: return m_board.goToEnd(false);
        case Act::kLast: return m_board.goToEnd(true);
        case Act::kExtendUp: return m_board.extend(-1);
        case Act::kExtendDown: return m_board.extend(1);
        case Act::kExtendFirst: return m_board.extend(-TaskActions::kAllTheWay);
        case Act::kExtendLast: return m_board.extend(TaskActions::kAllTheWay);
        case Act::kChooseAll: return m_board.chooseAll();
        case Act::kAdd: return add();
        case Act::kEdit: return openEditor();
        case Act::kUndo: return m_queue.undo();
        case Act::kRedo: return m_queue.redo();
        case Act::kSearch: m_bar.search().setFocus(); return m_bar.search().selectAll();
        case Act::kLabels: return m_bar.openLabels();
        case Act::kLeave: return leave();
        case Act::kWeekBack: return chooseWeek(m_board.week() + 1);
        case Act::kWeekForward: return chooseWeek(m_board.week() - 1);
        case Act::kThisWeek: return chooseWeek(0);
        case Act::kPickWeek: return pickWeek();
        case Act::kRejected: return openRejected();
        case Act::kSync:
            return m_session.syncNow(this, [this](const Result<front::Status>& done) {
                say(done ? tr("Synced") : hashirad::tray::errorText(done.error()));
            });
        case Act::kHelp: return (new HelpDialog(this))->show();
        case Act::kClose: close(); return;
        default: return runMove(act);
    }
}

/// Those that change the chosen cards.
void Window::runMove(Act act) {
    const std::vector<CardPtr> cards = m_board.chosen();
    if (cards.empty()) return;
    const int place = static_cast<int>(m_board.currentPlace());
    const auto beside = [&](int columns) {
        const int to = place + columns;
        if (to >= static_cast<int>(Place::kBacklog) && to <= static_cast<int>(Place::kDone))
            m_actions.put(cards, static_cast<Place>(to));
    };
    switch (act) {
        case Act::kMoveLeft: return beside(-1);
        case Act::kMoveRight: return beside(1);
        case Act::kMoveUp: return m_actions.shift(cards, -1);
        case Act::kMoveDown: return m_actions.shift(cards, 1);
        case Act::kMoveFirst: return m_actions.shift(cards, -TaskActions::kAllTheWay);
        case Act::kMoveLast: return m_actions.shift(cards, TaskActions::kAllTheWay);
        case Act::kBacklog: return m_actions.put(cards, Place::kBacklog);
        case Act::kTodo: return m_actions.put(cards, Place::kTodo);
        case Act::kDoing: return m_actions.put(cards, Place::kDoing);
        case Act::kDone: return m_actions.put(cards, Place::kDone);
        case Act::kDelete: return m_actions.remove(cards);
        default: return;
    }
}

void Window::add() {
    const Place place = m_board.currentPlace();
    m_board.column(place == Place::kDone ? Place::kTodo : place).startAdding();
}

/// From searching back to the cards; there, from several to one, then to all of them.
void Window::leave() {
    const bool typing = m_bar.search().hasFocus();
    if (!typing && m_board.chosen().size() > 1) return m_board.chooseCurrent();
    m_bar.search().clear();
    if (!typing) {
        m_board.setFilter({});
        m_bar.setLabels(m_board.labels(), {});
    }
    m_board.focusCards();
}

void Window::pickWeek() {
    auto* picker = new WeekPicker(m_board.week(), frontend::Now::of(m_clock), this);
    connect(picker, &WeekPicker::chosen, this, &Window::chooseWeek);
    QToolButton& button = m_bar.weekButton();
    picker->move(button.mapToGlobal(QPoint(0, button.height() + 2)));
    picker->show();
}

void Window::openEditor() {
    const CardPtr card = m_board.current();
    if (!card || m_editor) return;
    m_editor = new Editor(card, m_board.labels().keys(), m_clock, this);
    connect(m_editor, &Editor::saved, this,
            [this, id = card->task.id](const QString& name, const frontend::FieldMap& fields) {
                m_actions.edit(id, name, fields);
            });
    m_editor->show();
}

void Window::openRejected() {
    if (!m_rejected) m_rejected = new RejectedDialog(m_session, this);
    m_rejected->show();
    m_rejected->raise();
    m_rejected->activateWindow();
}

void Window::about() {
    auto* box = new QMessageBox(QMessageBox::Information, tr("About Hashira"),
                                tr("Hashira %1").arg(QStringLiteral(HASHIRA_VERSION)),
                                QMessageBox::Close, this);
    box->setInformativeText(tr("The tasks of the day, on this machine first."));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "acts.h"

#include <QCoreApplication>

namespace hashira::board {
namespace {

struct Acts {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

/// "Left|H" as key sequences: those of mail and kanban programs, and those of vi.
QList<QKeySequence> keys(const char* text) {
    QList<QKeySequence> all;
    for (const QString& one : QString::fromLatin1(text).split(QLatin1Char('|')))
        all << QKeySequence(one, QKeySequence::PortableText);
    return all;
}

ActSpec card(Act act, ActGroup group, const char* sequences, const QString& text) {
    return {act, group, keys(sequences), text, true};
}

ActSpec any(Act act, ActGroup group, const char* sequences, const QString& text) {
    return {act, group, keys(sequences), text, false};
}

}  // namespace

std::vector<ActSpec> allActs() {
    using G = ActGroup;
    return {
        card(Act::kUp, G::kGo, "Up|K", Acts::tr("Card above")),
        card(Act::kDown, G::kGo, "Down|J", Acts::tr("Card below")),
        card(Act::kLeft, G::kGo, "Left|H", Acts::tr("Column to the left")),
        card(Act::kRight, G::kGo, "Right|L", Acts::tr("Column to the right")),
        card(Act::kFirst, G::kGo, "Home|G, G", Acts::tr("First card")),
        card(Act::kLast, G::kGo, "End|Shift+G", Acts::tr("Last card")),
        card(Act::kExtendUp, G::kGo, "Shift+Up", Acts::tr("Choose the card above too")),
        card(Act::kExtendDown, G::kGo, "Shift+Down", Acts::tr("Choose the card below too")),
        card(Act::kExtendFirst, G::kGo, "Shift+Home", Acts::tr("Choose all up to the first")),
        card(Act::kExtendLast, G::kGo, "Shift+End", Acts::tr("Choose all down to the last")),
        card(Act::kChooseAll, G::kGo, "Ctrl+A", Acts::tr("Choose the whole column")),
        card(Act::kMoveUp, G::kMove, "Ctrl+Up|Shift+K", Acts::tr("Move the card up")),
        card(Act::kMoveDown, G::kMove, "Ctrl+Down|Shift+J", Acts::tr("Move the card down")),
        card(Act::kMoveLeft, G::kMove, "Ctrl+Left|Shift+H",
             Acts::tr("Move it to the column on the left")),
        card(Act::kMoveRight, G::kMove, "Ctrl+Right|Shift+L",
             Acts::tr("Move it to the column on the right")),
        card(Act::kMoveFirst, G::kMove, "Ctrl+Home", Acts::tr("Move it to the top")),
        card(Act::kMoveLast, G::kMove, "Ctrl+End", Acts::tr("Move it to the end")),
        card(Act::kBacklog, G::kMove, "B", Acts::tr("To the backlog")),
        card(Act::kTodo, G::kMove, "T", Acts::tr("To do")),
        card(Act::kDoing, G::kMove, "S", Acts::tr("Start: it is being done")),
        card(Act::kDone, G::kMove, "D", Acts::tr("Done")),
        any(Act::kAdd, G::kTask, "N|Ctrl+N", Acts::tr("Add a task")),
        card(Act::kEdit, G::kTask, "Return|Enter|E|F2", Acts::tr("Edit it")),
        card(Act::kDelete, G::kTask, "Del|X", Acts::tr("Delete it")),
        any(Act::kUndo, G::kTask, "Ctrl+Z|U", Acts::tr("Undo your last change")),
        any(Act::kRedo, G::kTask, "Ctrl+Shift+Z|Ctrl+Y|Ctrl+R", Acts::tr("Do it again")),
        any(Act::kSearch, G::kFind, "/|Ctrl+F", Acts::tr("Search (#label finds labels)")),
        any(Act::kLabels, G::kFind, "F", Acts::tr("Show only some labels")),
        any(Act::kLeave, G::kFind, "Esc",
            Acts::tr("Back to the cards; there: choose one, show all")),
        any(Act::kWeekBack, G::kWeeks, "[|Alt+Left", Acts::tr("A week back")),
        any(Act::kWeekForward, G::kWeeks, "]|Alt+Right", Acts::tr("A week forward")),
        any(Act::kThisWeek, G::kWeeks, ".|Alt+Home", Acts::tr("This week")),
        any(Act::kPickWeek, G::kWeeks, "W", Acts::tr("Choose a week")),
        any(Act::kRejected, G::kWindow, "R", Acts::tr("Changes that were refused")),
        any(Act::kSync, G::kWindow, "F5", Acts::tr("Sync now")),
        any(Act::kHelp, G::kWindow, "?|F1", Acts::tr("All keys")),
        any(Act::kClose, G::kWindow, "Ctrl+W|Ctrl+Q", Acts::tr("Close the board")),
    };
}

QString groupText(ActGroup group) {
    switch (group) {
        case ActGroup::kGo: return Acts::tr("Get around");
        case ActGroup::kMove: return Acts::tr("Move a card");
        case ActGroup::kTask: return Acts::tr("Tasks");
        case ActGroup::kFind: return Acts::tr("Find");
        case ActGroup::kWeeks: return Acts::tr("Weeks");
        case ActGroup::kWindow: return Acts::tr("Window");
    }
    return {};
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>

#include <vector>

namespace hashira::board {

/// All that can be done by keys. The help is made of the same table.
enum class Act {
    kLeft,
    kRight,
    kUp,
    kDown,
    kFirst,
    kLast,
    kExtendUp,
    kExtendDown,
    kExtendFirst,
    kExtendLast,
    kChooseAll,
    kMoveLeft,
    kMoveRight,
    kMoveUp,
    kMoveDown,
    kMoveFirst,
    kMoveLast,
    kBacklog,
    kTodo,
    kDoing,
    kDone,
    kAdd,
    kEdit,
    kDelete,
    kUndo,
    kRedo,
    kSearch,
    kLabels,
    kLeave,
    kWeekBack,
    kWeekForward,
    kThisWeek,
    kPickWeek,
    kRejected,
    kSync,
    kHelp,
    kClose
};

enum class ActGroup { kGo, kMove, kTask, kFind, kWeeks, kWindow };

struct ActSpec {
    Act act = Act::kHelp;
    ActGroup group = ActGroup::kWindow;
    QList<QKeySequence> keys;
    QString text;
    bool ofCards = false;  ///< for the keyboard only while a card has it
};

/// In the order of the help, in the language of now.
std::vector<ActSpec> allActs();
QString groupText(ActGroup group);

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "acts.h"
#include "board.h"
#include "change_queue.h"
#include "editor.h"
#include "notice_bar.h"
#include "rejected_dialog.h"
#include "session.h"
#include "task_actions.h"
#include "top_bar.h"

#include <QMap>
#include <QMenu>
#include <QPointer>
#include <QWidget>

namespace hashira::board {

/// The board's window: puts the parts together and gives the keys their meaning.
class Window : public QWidget {
    Q_OBJECT

public:
    /// Starts the daemon where none answers, and returns what went wrong, or nothing.
    using StartDaemon = std::function<QString()>;

    Window(MakeClient makeClient, const Clock& clock, StartDaemon startDaemon);

    void start() { m_session.start(); }
    void openRejected();
    /// Whether a daemon ever answered.
    bool everConnected() const { return m_everConnected; }
    void run(Act act);

    Board& board() { return m_board; }
    TopBar& bar() { return m_bar; }
    NoticeBar& notice() { return m_notice; }
    Session& session() { return m_session; }
    ChangeQueue& changes() { return m_queue; }
    Editor* editor() { return m_editor; }
    RejectedDialog* rejected() { return m_rejected; }
    QString said() const { return m_said.text(); }
    QString stateText() const { return m_state.text(); }

protected:
    void changeEvent(QEvent* event) override;

private:
    void lay();
    void wire();
    void wireSession();
    void makeActions();
    void runMove(Act act);
    void chooseWeek(int weeksBack);
    void pickWeek();
    void openEditor();
    void leave();
    void toggleLabel(const QString& label);
    void add();
    void say(const QString& words);
    void showStatus();
    void showProblem();
    void startDaemonOnce();
    void about();
    void takeLook();

    const Clock& m_clock;
    const StartDaemon m_startDaemon;
    Session m_session;
    Board m_board;
    ChangeQueue m_queue;
    TaskActions m_actions;
    TopBar m_bar;
    NoticeBar m_notice;
    QLabel m_state;
    QLabel m_said;
    QMenu m_menu;
    QMap<Act, QAction*> m_acts;
    QPointer<Editor> m_editor;
    QPointer<RejectedDialog> m_rejected;
    bool m_everConnected = false;
    bool m_started = false;  ///< we started a daemon
    bool m_takingLook = false;
};

}  // namespace hashira::board

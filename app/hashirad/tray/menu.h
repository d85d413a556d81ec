// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"
#include "problems.h"
#include "words.h"

#include <QMenu>
#include <QObject>
#include <QTimer>

#include <optional>
#include <string>
#include <vector>

namespace hashirad::tray {

/// The tray's menu. It is filled when it is opened; where the icon's host draws it, also soon after
/// a change, as such a host shows what it was told before, and then cannot make it larger. Its
/// entries stay the same ones and are hidden or shown, so that a host is told little.
class Menu final : public QObject {
    Q_OBJECT
public:
    /// How long syncing is paused.
    enum class Pause { kHour, kTomorrow, kResumed };

    explicit Menu(hashira::daemon::DeskPort& desk);
    ~Menu() override;

    QMenu* menu() { return &m_menu; }
    void setStatus(const hashira::front::Status& status);
    /// False: the program for the board is not there.
    void setBoard(bool installed);
    void setAtLogin(bool enabled);
    void setDrawn(Drawn drawn);

    Q_SIGNAL void opening();
    Q_SIGNAL void boardAsked();
    Q_SIGNAL void quickAddAsked();
    Q_SIGNAL void syncAsked();
    Q_SIGNAL void pauseAsked(hashirad::tray::Menu::Pause pause);
    Q_SIGNAL void resumeAsked();
    Q_SIGNAL void problemAsked(const hashirad::tray::Problem& problem);
    Q_SIGNAL void settingsAsked();
    Q_SIGNAL void atLoginAsked(bool enabled);
    Q_SIGNAL void signInAsked();
    Q_SIGNAL void signOutAsked();
    Q_SIGNAL void aboutAsked();
    Q_SIGNAL void quitAsked();
    /// Something could not be done, in words.
    Q_SIGNAL void failed(const QString& words);

private:
    struct Entry {
        QAction* action = nullptr;
        hashira::front::TaskLine task;
    };
    struct Section {
        QAction* title = nullptr;
        std::vector<Entry> entries;
        QAction* more = nullptr;
    };

    void build();
    void buildPause();
    void buildSettings();
    Section section(const QString& title);
    void fill();
    void readTasks();
    void fillProblems();
    void fillTasks(Section& section, const std::vector<hashira::front::TaskLine>& tasks);
    void place(const hashira::front::TaskLine& task, hashira::Place place);
    void finish(const hashira::front::TaskLine& task);
    void undo();

    hashira::daemon::DeskPort& m_desk;
    hashira::front::Status m_status;
    QTimer m_soon;  ///< runs from a change until the tasks are read
    QMenu m_menu;
    QMenu m_pauseMenu;
    QAction* m_state = nullptr;
    std::vector<QAction*> m_problemActions;
    std::vector<Problem> m_problems;
    QAction* m_board = nullptr;
    QAction* m_undo = nullptr;
    Section m_doing;
    Section m_todo;
    QAction* m_sync = nullptr;
    QAction* m_resume = nullptr;
    QAction* m_atLogin = nullptr;
    QAction* m_signIn = nullptr;
    QAction* m_signOut = nullptr;
    Drawn m_drawn = Drawn::kByQt;
    std::optional<hashira::front::TaskLine> m_finished;  ///< as it was before
};

}  // namespace hashirad::tray

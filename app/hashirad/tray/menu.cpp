// SPDX-License-Identifier: MIT
#include "menu.h"

#include "tray_limits.h"
#include "words.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace hashirad::tray {
namespace {

using hashira::Place;
using hashira::Result;
using hashira::What;
using hashira::daemon::DeskPort;
using hashira::front::Connectivity;
using hashira::front::Receipt;
using hashira::front::Status;
using hashira::front::TaskLine;

QString nameOf(Place place) {
    switch (place) {
        case Place::kBacklog: return QStringLiteral("backlog");
        case Place::kTodo: return QStringLiteral("todo");
        case Place::kDoing: return QStringLiteral("doing");
        case Place::kDone: return QStringLiteral("done");
    }
    return {};
}

}  // namespace

Menu::Menu(DeskPort& desk) : m_desk(desk) {
    build();
    connect(&m_menu, &QMenu::aboutToShow, this, &Menu::fill);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kReadAfterMs);
    connect(&m_soon, &QTimer::timeout, this, &Menu::readTasks);
}

/// Qt's menus on D-Bus free an item where its action goes before the menu does, and only there.
Menu::~Menu() {
    m_menu.clear();
    m_pauseMenu.clear();
}

void Menu::build() {
    m_state = m_menu.addAction(QString());
    m_state->setEnabled(false);
    for (std::size_t i = 0; i < kMostProblems; ++i) {
        QAction* action = m_menu.addAction(QString());
        action->setVisible(false);
        connect(action, &QAction::triggered, this, [this, i] {
            if (i < m_problems.size()) Q_EMIT problemAsked(m_problems[i]);
        });
        m_problemActions.push_back(action);
    }
    m_menu.addSeparator();
    m_board = m_menu.addAction(Words::tr("Open board"), this, &Menu::boardAsked);
    m_menu.addAction(Words::tr("Quick add…"), this, &Menu::quickAddAsked);
    m_menu.addSeparator();
    m_undo = m_menu.addAction(QString(), this, &Menu::undo);
    m_undo->setVisible(false);
    m_doing = section(Words::tr("Doing (tick to finish)"));
    m_todo = section(Words::tr("To do"));
    m_menu.addSeparator();
    m_sync = m_menu.addAction(Words::tr("Sync now"), this, &Menu::syncAsked);
    buildPause();
    m_menu.addSeparator();
    buildSettings();
    m_menu.addSeparator();
    m_menu.addAction(Words::tr("About Hashira"), this, &Menu::aboutAsked);
    m_menu.addAction(Words::tr("Quit"), this, &Menu::quitAsked);
}

void Menu::buildPause() {
    m_pauseMenu.setTitle(Words::tr("Pause syncing"));
    const auto add = [this](const QString& text, Pause pause) {
        m_pauseMenu.addAction(text, this, [this, pause] { Q_EMIT pauseAsked(pause); });
    };
    add(Words::tr("For an hour"), Pause::kHour);
    add(Words::tr("Until tomorrow"), Pause::kTomorrow);
    add(Words::tr("Until I resume"), Pause::kResumed);
    m_menu.addMenu(&m_pauseMenu);
    m_resume = m_menu.addAction(Words::tr("Resume syncing"), this, &Menu::resumeAsked);
    m_resume->setVisible(false);
}

void Menu::buildSettings() {
    m_signIn = m_menu.addAction(Words::tr("Sign in…"), this, &Menu::signInAsked);
    m_signOut = m_menu.addAction(Words::tr("Sign out…"), this, &Menu::signOutAsked);
    m_menu.addAction(Words::tr("Settings…"), this, &Menu::settingsAsked);
    m_atLogin = m_menu.addAction(Words::tr("Start at login"));
    m_atLogin->setCheckable(true);
    connect(m_atLogin, &QAction::triggered, this, &Menu::atLoginAsked);
}

Menu::Section Menu::section(const QString& title) {
    Section made;
    made.title = m_menu.addAction(title);
    made.title->setEnabled(false);
    for (std::size_t i = 0; i < kMostTasks; ++i) {
        QAction* action = m_menu.addAction(QString());
        action->setCheckable(true);
        made.entries.push_back({action, {}});
    }
    made.more = m_menu.addAction(Words::tr("More on the board…"), this, &Menu::boardAsked);
    fillTasks(made, {});
    return made;
}

void Menu::setBoard(bool installed) {
    m_board->setEnabled(installed);
    m_board->setText(installed ? Words::tr("Open board")
                               : Words::tr("Open board (hashira-board is not installed)"));
}

void Menu::setAtLogin(bool enabled) {
    m_atLogin->setChecked(enabled);
}

void Menu::setDrawn(Drawn drawn) {
    m_drawn = drawn;
    if (drawn == Drawn::kByHost) readTasks();
}

void Menu::setStatus(const Status& status) {
    const bool changed = status.revision != m_status.revision;
    m_status = status;
    if (changed && m_drawn == Drawn::kByHost && !m_soon.isActive()) m_soon.start();
    const bool paused = status.connectivity == Connectivity::kPaused;
    const bool local = status.connectivity == Connectivity::kLocalOnly;
    m_sync->setEnabled(!paused && !local);
    m_pauseMenu.menuAction()->setVisible(!paused && !local);
    m_resume->setVisible(paused);
    const bool fixed = !m_desk.signInFixed().empty();
    m_signIn->setVisible(!fixed);
    m_signIn->setText(status.datastore.empty() ? Words::tr("Sign in…")
                                               : Words::tr("Sign in again…"));
    m_signOut->setVisible(!fixed && !status.datastore.empty());
    m_state->setText(toolTip(status, QDateTime::currentDateTime()));
    fillProblems();
}

void Menu::fill() {
    m_state->setText(stateLine(m_status, QDateTime::currentDateTime()));
    Q_EMIT opening();
    readTasks();
}

void Menu::readTasks() {
    // One more than is shown tells that there are more.
    m_desk.today(kMostTasks + 1, [this](const Result<DeskPort::Today>& today) {
        if (!today) return;
        fillTasks(m_doing, today->doing);
        fillTasks(m_todo, today->todo);
    });
}

void Menu::fillProblems() {
    m_problems = problemsOf(m_status);
    for (std::size_t i = 0; i < m_problemActions.size(); ++i) {
        const bool there = i < m_problems.size();
        m_problemActions[i]->setVisible(there);
        if (there) m_problemActions[i]->setText(QStringLiteral("⚠ ") + m_problems[i].title);
    }
}

void Menu::fillTasks(Section& section, const std::vector<TaskLine>& tasks) {
    section.title->setVisible(!tasks.empty());
    section.more->setVisible(tasks.size() > section.entries.size());
    for (std::size_t i = 0; i < section.entries.size(); ++i) {
        Entry& entry = section.entries[i];
        const bool there = i < tasks.size();
        entry.action->disconnect(this);
        entry.action->setChecked(false);
        entry.action->setVisible(there);
        if (!there) continue;
        entry.task = tasks[i];
        entry.action->setText(menuText(entry.task.name, m_drawn));
        connect(entry.action, &QAction::triggered, this,
                [this, task = entry.task] { finish(task); });
    }
}

void Menu::place(const TaskLine& task, Place place) {
    const QJsonObject payload{{QStringLiteral("id"), QString::fromStdString(task.id)},
                              {QStringLiteral("place"), nameOf(place)}};
    m_desk.send(What::kUpdate, QJsonDocument(payload).toJson(QJsonDocument::Compact).toStdString(),
                [this](const Result<Receipt>& receipt) {
                    if (!receipt) Q_EMIT failed(errorText(receipt.error()));
                    fill();
                });
}

void Menu::finish(const TaskLine& task) {
    m_finished = task;
    m_undo->setText(Words::tr("Undo: “%1” is done").arg(menuText(task.name, m_drawn)));
    m_undo->setVisible(true);
    place(task, Place::kDone);
}

void Menu::undo() {
    m_undo->setVisible(false);
    if (const auto task = std::exchange(m_finished, std::nullopt)) place(*task, task->place);
}

}  // namespace hashirad::tray

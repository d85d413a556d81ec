// SPDX-License-Identifier: MIT
#pragma once

#include "window.h"

#include "frontend/client.h"
#include "frontend/endpoint.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

#define COMES_TRUE(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, hashira::test::kBoardLimitMs)
#define COMES_TO(actual, wanted) \
    QTRY_COMPARE_WITH_TIMEOUT(actual, QStringLiteral(wanted), hashira::test::kBoardLimitMs)

namespace hashira::test {

/// No test waits this long when all is well.
inline constexpr int kBoardLimitMs = 30'000;

/// A real hashirad in a directory of its own, a board's window on it, and another front end that
/// changes the same tasks: to the board it is another device.
class BoardBench {
public:
    BoardBench();
    ~BoardBench();

    bool startDaemon(const QStringList& more = {});
    /// SIGTERM, and that it ended.
    bool stopDaemon();
    /// The daemon listens on a port of the system's choice, and on the same one when it starts
    /// again.
    bool startOnTcp();
    QString endpoint() const { return m_endpoint; }
    /// Makes the window, shows it and waits until it has read the tasks.
    bool openWindow(int limitMs = kBoardLimitMs);

    /// There is no window manager that gives the keyboard back when a dialog closed.
    bool activate();

    void closeWindow() { m_window.reset(); }
    board::Window& window() { return *m_window; }
    board::Board& board() { return m_window->board(); }
    frontend::Client& other() { return *m_other; }

    /// By the other front end; the task's id.
    std::string add(const std::string& name, const std::string& place = "todo",
                    const std::string& more = {});
    bool update(const std::string& id, const std::string& fields);
    bool remove(const std::string& id);
    /// As the daemon has it; an empty id: there is none.
    frontend::Task task(const std::string& id);

    /// The names of the cards that are shown there, "a, b".
    QString shown(Place place);
    /// As a person presses it, wherever the keyboard is.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void type(const QString& text);
    /// The left button on a card's name.
    void click(Place place, int row, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    /// The names of the cards that actions are meant for, "a, b".
    QString chosen();
    /// As a drag ends: what is chosen, before the card of that row.
    void dropChosen(Place to, int before);
    /// As a drag ends: the card of that row, before the card of the other row.
    void drop(Place from, int row, Place to, int before);
    /// Whether a daemon was asked to be started by the window, so often.
    int startsAsked() const { return m_startsAsked; }

private:
    void dropRows(Place from, const QModelIndexList& rows, Place to, int before);
    frontend::Endpoint called() const;

    QTemporaryDir m_dir;
    QString m_endpoint;
    QProcess m_daemon;
    SystemClock m_clock;
    std::unique_ptr<board::Window> m_window;
    std::unique_ptr<frontend::Client> m_other;
    int m_startsAsked = 0;
};

}  // namespace hashira::test

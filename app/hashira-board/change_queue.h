// SPDX-License-Identifier: MIT
#pragma once

#include "session.h"
#include "undo_stack.h"

#include "base/clock.h"

#include <QObject>

#include <deque>

namespace hashira::board {

/// The person's changes, one after the other: each is thought out when its turn comes, sent, and
/// over once the board shows it, so that the next one starts from what is seen. A daemon that went
/// away is waited for: the change is sent again with the same ids.
class ChangeQueue : public QObject {
    Q_OBJECT

public:
    /// What to send, by what the board shows when its turn comes; nothing: there is nothing to do.
    using Plan = std::function<std::vector<frontend::Step>()>;
    using Done = std::function<void(const std::vector<frontend::Step>&)>;

    ChangeQueue(Session& session, FindTask find, const Clock& clock, QObject* parent = nullptr);

    /// `words` name the change when it is undone.
    void act(const QString& words, Plan plan, Done done = {});
    void undo();
    void redo();

    bool canUndo() const { return m_stack.canUndo(); }
    bool canRedo() const { return m_stack.canRedo(); }
    /// Changes that wait or run.
    bool busy() const { return m_running.has_value() || !m_waiting.empty(); }

Q_SIGNALS:
    /// What a person should read in passing.
    void said(const QString& words);
    /// The daemon did not take a change.
    void refused(const QString& words, const QString& why);
    /// canUndo, canRedo or busy changed.
    void changed();

private:
    enum class Kind { kChange, kUndo, kRedo };
    struct Waiting {
        Kind kind = Kind::kChange;
        QString words;
        Plan plan;
        Done done;
    };
    struct Running {
        Waiting what;
        std::vector<frontend::Step> steps;
        std::vector<frontend::Step> back;
        std::vector<frontend::OutCommand> commands;
        bool sent = false;                      ///< on its way, or answered
        std::optional<front::Revision> wanted;  ///< answered: over once this is shown
        std::string epochBefore;                ///< what was shown when it was answered
    };

    void next();
    std::vector<frontend::Step> planOf(Waiting& what);
    void send();
    void answered(const Result<front::SendReply>& reply);
    void lookWhetherShown();
    void finish();

    Session& m_session;
    const FindTask m_find;
    const Clock& m_clock;
    SystemRandom m_random;
    UndoStack m_stack;
    std::deque<Waiting> m_waiting;
    std::optional<Running> m_running;
};

}  // namespace hashira::board

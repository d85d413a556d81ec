// SPDX-License-Identifier: MIT
#include "change_queue.h"

#include "words.h"

#include <utility>

namespace hashira::board {

using frontend::Step;

ChangeQueue::ChangeQueue(Session& session, FindTask find, const Clock& clock, QObject* parent)
    : QObject(parent), m_session(session), m_find(std::move(find)), m_clock(clock) {
    connect(&session, &Session::shownChanged, this, &ChangeQueue::lookWhetherShown);
    connect(&session, &Session::connectedChanged, this, [this] {
        if (m_session.connected() && m_running && !m_running->sent) send();
    });
}

void ChangeQueue::act(const QString& words, Plan plan, Done done) {
    m_waiting.push_back({Kind::kChange, words, std::move(plan), std::move(done)});
    next();
}

void ChangeQueue::undo() {
    m_waiting.push_back({Kind::kUndo, {}, {}, {}});
    next();
}

void ChangeQueue::redo() {
    m_waiting.push_back({Kind::kRedo, {}, {}, {}});
    next();
}

void ChangeQueue::next() {
    while (!m_running && !m_waiting.empty()) {
        Waiting what = std::move(m_waiting.front());
        m_waiting.pop_front();
        std::vector<Step> steps = planOf(what);
        if (steps.empty()) continue;
        Running running;
        for (const Step& step : steps) {
            running.back.push_back(frontend::inverseOf(step, m_find(step.taskId)));
            running.commands.push_back(frontend::toCommand(step, m_clock, m_random));
        }
        running.what = std::move(what);
        running.steps = std::move(steps);
        m_running = std::move(running);
        send();
    }
    Q_EMIT changed();
}

std::vector<Step> ChangeQueue::planOf(Waiting& what) {
    if (what.kind == Kind::kChange) return what.plan();
    const bool undo = what.kind == Kind::kUndo;
    const auto entry = undo ? m_stack.takeUndo() : m_stack.takeRedo();
    if (!entry) {
        Q_EMIT said(undo ? tr("There is nothing to undo") : tr("There is nothing to redo"));
        return {};
    }
    what.words = entry->words;
    std::vector<Step> steps = stillOwn(*entry, m_find);
    if (steps.empty())
        Q_EMIT said(
            tr("“%1” was changed elsewhere meanwhile and stays as it is").arg(entry->words));
    return steps;
}

void ChangeQueue::send() {
    m_running->sent = true;
    m_session.send(m_running->commands, this,
                   [this](const Result<front::SendReply>& reply) { answered(reply); });
}

void ChangeQueue::answered(const Result<front::SendReply>& reply) {
    if (!m_running) return;
    if (reply) {
        m_running->wanted = reply->revision;
        if (m_session.shown()) m_running->epochBefore = m_session.shown()->epoch;
        lookWhetherShown();
        return;
    }
    if (reply.error().code == ErrorCode::kUnavailable) {
        m_running->sent = false;
        Q_EMIT said(tr("Your change is kept and sent as soon as the daemon is there"));
        return;
    }
    const QString words = m_running->what.words;
    m_running.reset();
    Q_EMIT refused(words, hashirad::tray::errorText(reply.error()));
    next();
}

void ChangeQueue::lookWhetherShown() {
    if (!m_running || !m_running->wanted || !m_session.shown()) return;
    const front::Revision& shown = *m_session.shown();
    const front::Revision& wanted = *m_running->wanted;
    // Of another epoch than that of the answer and of before: the daemon started again since, and
    // shows all that it ever took.
    const bool over = shown.epoch == wanted.epoch ? shown.number >= wanted.number
                                                  : shown.epoch != m_running->epochBefore;
    if (over) finish();
}

void ChangeQueue::finish() {
    Running over = std::move(*m_running);
    m_running.reset();
    Undoable entry{over.what.words, over.back, fieldsLeft(over.back, m_find)};
    switch (over.what.kind) {
        case Kind::kChange: m_stack.did(std::move(entry)); break;
        case Kind::kUndo:
            m_stack.undid(std::move(entry));
            Q_EMIT said(tr("Undone: %1").arg(over.what.words));
            break;
        case Kind::kRedo:
            m_stack.redid(std::move(entry));
            Q_EMIT said(tr("Done again: %1").arg(over.what.words));
            break;
    }
    if (over.what.done) over.what.done(over.steps);
    next();
}

}  // namespace hashira::board

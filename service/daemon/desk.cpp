// SPDX-License-Identifier: MIT
#include "daemon/desk.h"

#include "daemon/daemon.h"
#include "rpc/account_port.h"
#include "rpc/core_port.h"
#include "wire/open_tasks.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace hashira::daemon {

Desk::Desk(Daemon& daemon)
    : m_daemon(daemon),
      m_core(daemon.port()),
      m_mailbox([this] { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); }) {
    daemon.tellStatus([this](const front::Status& status) { tell(status); });
}

Desk::~Desk() {
    m_mailbox.close();
}

bool Desk::event(QEvent* event) {
    if (event->type() != QEvent::User) return QObject::event(event);
    m_mailbox.drain([](const auto&) {});
    return true;
}

template <typename T>
DeskPort::Reply<T> Desk::here(Reply<T> reply) {
    return [this, reply = std::move(reply)](Result<T> result) {
        m_mailbox.postInternal([reply, result = std::move(result)] { reply(result); });
    };
}

void Desk::tell(const front::Status& status) {
    {
        const std::lock_guard lock(m_mutex);
        // One that waits to be told is replaced: a busy main thread costs no memory.
        if (std::exchange(m_latest, status)) return;
    }
    m_mailbox.postInternal([this] {
        std::optional<front::Status> latest;
        {
            const std::lock_guard lock(m_mutex);
            latest.swap(m_latest);
        }
        if (latest && m_listener) m_listener(*latest);
    });
}

void Desk::watch(std::function<void(const front::Status&)> listener) {
    m_listener = std::move(listener);
    m_core.status([this](const Result<front::Status>& status) {
        if (status) tell(*status);
    });
}

bool Desk::today(std::size_t most, Reply<Today> reply) {
    const auto read = [most](const wire::Shelf& shelf) {
        Today today;
        const auto week = shelf.weeks.find(shelf.current);
        if (week == shelf.weeks.end()) return today;
        today.doing = wire::tasksOf(*week->second, Place::kDoing, most);
        today.todo = wire::tasksOf(*week->second, Place::kTodo, most);
        return today;
    };
    const auto shelf = m_core.shelf();
    if (shelf->weeks.contains(shelf->current)) {
        reply(read(*shelf));
        return true;
    }
    using Built = std::shared_ptr<const wire::Shelf>;
    m_core.buildShelf(shelf->current, shelf->current,
                      here<Built>([read, reply = std::move(reply)](const Result<Built>& built) {
                          if (built)
                              reply(read(**built));
                          else
                              reply(built.error());
                      }));
    return false;
}

void Desk::send(What what, const std::string& payload, Reply<front::Receipt> reply) {
    auto draft = checkDraft({}, what, payload);
    if (!draft) return reply(draft.error());
    std::vector<Draft> drafts;
    drafts.push_back(std::move(*draft));
    m_core.send(std::move(drafts),
                here<front::SendReply>([reply = std::move(reply)](Result<front::SendReply> sent) {
                    if (sent)
                        reply(std::move(sent->receipts.front()));
                    else
                        reply(sent.error());
                }));
}

void Desk::syncNow(Reply<front::Status> reply) {
    m_core.syncNow(here(std::move(reply)));
}

void Desk::pause(front::Pause wish, Reply<front::Status> reply) {
    m_core.pause(wish, here(std::move(reply)));
}

void Desk::listRejected(Reply<std::vector<front::RejectedCommand>> reply) {
    m_core.listRejected(here(std::move(reply)));
}

std::string Desk::signInFixed() const {
    return m_daemon.signInFixed();
}

void Desk::signIn(front::SignIn wanted, Reply<front::SignedIn> reply) {
    m_daemon.accounts().signIn(std::move(wanted), here(std::move(reply)));
}

void Desk::signOut(bool leavePending, Reply<front::Status> reply) {
    m_daemon.accounts().signOut(leavePending, here(std::move(reply)));
}

void Desk::stand(const std::string& about, const std::string& words) {
    m_core.stand(about, words);
}

}  // namespace hashira::daemon

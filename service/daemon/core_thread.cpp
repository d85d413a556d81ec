// SPDX-License-Identifier: MIT
#include "daemon/core_thread.h"

#include "base/limits.h"
#include "daemon/platform.h"
#include "rpc/server.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace hashira::daemon {
namespace {

/// The wall clock may be set and the machine may sleep, and the timer hears of neither: the date is
/// looked at this often.
constexpr std::int64_t kLookAtClockMs = 60'000;

}  // namespace

CoreThread::CoreThread(CoreSettings settings, const Clock& clock, MakeLink makeLink)
    : m_clock(clock),
      m_makeLink(std::move(makeLink)),
      m_mailbox([this] { QCoreApplication::postEvent(&m_desk, new QEvent(QEvent::User)); }),
      m_desk(*this),
      m_thread(*this),
      m_settings(std::move(settings)) {
    m_thread.setObjectName(QStringLiteral("core"));
    m_desk.moveToThread(&m_thread);
}

CoreThread::~CoreThread() {
    stop();
}

Status CoreThread::open() {
    m_started = true;
    m_thread.start();
    return m_opened.get_future().get();
}

void CoreThread::begin() {
    m_mailbox.postInternal([this] { m_core->start(); });
}

void CoreThread::tellStatus(std::function<void(const front::Status&)> listener) {
    const std::lock_guard lock(m_listenerMutex);
    m_listener = std::move(listener);
}

void CoreThread::stop() {
    if (!std::exchange(m_started, false)) return;
    m_mailbox.refuse();
    m_mailbox.postInternal([this] { m_thread.quit(); });
    m_ended.get_future().wait();
    m_thread.wait();
}

void CoreThread::run() {
    m_timer = std::make_unique<QTimer>();
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    QObject::connect(m_timer.get(), &QTimer::timeout, &m_desk, [this] { m_core->wake(); });
    m_restTimer = std::make_unique<QTimer>();
    m_restTimer->setSingleShot(true);
    QObject::connect(m_restTimer.get(), &QTimer::timeout, &m_desk, [this] { rest(); });
    auto core = openCore(m_settings, m_makeLink);
    if (core) {
        m_core = std::move(*core);
        m_opened.set_value({});
        m_thread.runEventLoop();
        drain();
        m_core->stop();
        m_core.reset();
    } else {
        m_opened.set_value(core.error());
    }
    m_mailbox.close();
    m_timer.reset();
    m_restTimer.reset();
    m_ended.set_value();
}

remote::Post CoreThread::poster() {
    return [this](Mailbox::Job job) { m_mailbox.postInternal(std::move(job)); };
}

Result<std::unique_ptr<Core>> CoreThread::openCore(const CoreSettings& settings,
                                                   const MakeLink& makeLink) {
    return Core::open(settings, m_clock, m_random, makeLink(poster()), *this);
}

bool CoreThread::Desk::event(QEvent* event) {
    if (event->type() != QEvent::User) return QObject::event(event);
    m_owner.drain();
    return true;
}

void CoreThread::stir() {
    if (m_restTimer->isActive())
        m_stirred = true;
    else
        m_restTimer->start(limits::kRestAfterMs);
}

void CoreThread::rest() {
    if (std::exchange(m_stirred, false)) return stir();
    m_core->leaveMemory();
    leaveUnusedMemory();
}

void CoreThread::drain() {
    stir();
    m_mailbox.drain([this](std::vector<Core::SendJob> jobs) {
        rpc::Server* const server = m_server;
        if (server) server->holdAnswers();
        m_core->send(std::move(jobs));
        if (server) server->releaseAnswers();
    });
}

// --- another account or link ---

void CoreThread::use(CoreSettings settings, MakeLink makeLink, rpc::Reply<front::Status> reply) {
    m_mailbox.postInternal([this, settings = std::move(settings), makeLink = std::move(makeLink),
                            reply = std::move(reply)] { reply(useNow(settings, makeLink)); });
}

Result<front::Status> CoreThread::useNow(const CoreSettings& settings, const MakeLink& makeLink) {
    if (settings.dataDir == m_settings.dataDir) {
        m_settings = settings;
        m_core->relink(settings, makeLink(poster()));
        return m_core->status();
    }
    auto fresh = openCore(settings, makeLink);
    if (!fresh) return fresh.error();
    m_settings = settings;
    {
        const std::lock_guard lock(m_coreMutex);
        m_core.swap(*fresh);
    }
    // What is told of this desktop is so for every account.
    for (const auto& [about, words] : (*fresh)->standing()) m_core->stand(about, words);
    (*fresh)->end({ErrorCode::kCancelled, "another account was signed in"});
    fresh->reset();
    m_core->start();
    if (m_network) m_core->networkChanged(*m_network);
    tellAll();
    return m_core->status();
}

void CoreThread::tellAll() {
    // Of another epoch than what front ends have: that alone makes it a full one.
    notify({m_core->shelf()->revision, {}, true, false});
    statusChanged(m_core->status());
}

void CoreThread::adjust(std::function<void(CoreSettings&)> change) {
    m_mailbox.postInternal([this, change = std::move(change)] {
        change(m_settings);
        m_core->configure(m_settings);
    });
}

void CoreThread::retryFor(front::WaitingFor reason) {
    m_mailbox.postInternal([this, reason] {
        if (m_core->status().waitingFor == reason) m_core->syncNow([](const auto&) {});
    });
}

void CoreThread::networkChanged(NetworkHint hint) {
    m_mailbox.postInternal([this, hint] {
        m_network = hint;
        m_core->networkChanged(hint);
    });
}

void CoreThread::machineWoke() {
    m_mailbox.postInternal([this] { m_core->machineWoke(); });
}

void CoreThread::accountIn(std::string dataDir, rpc::Reply<std::string> reply) {
    m_mailbox.postInternal([dataDir = std::move(dataDir), reply = std::move(reply)] {
        reply(Core::accountIn(dataDir));
    });
}

std::shared_ptr<const wire::Shelf> CoreThread::shelf() const {
    const std::lock_guard lock(m_coreMutex);
    return m_core->shelf();
}

// --- what the core tells ---

void CoreThread::notify(const front::Notice& notice) {
    if (rpc::Server* server = m_server) server->notify(notice);
}

void CoreThread::statusChanged(const front::Status& status) {
    if (rpc::Server* server = m_server) server->statusChanged(status);
    const std::lock_guard lock(m_listenerMutex);
    if (m_listener) m_listener(status);
}

void CoreThread::warned(const std::string& warning) {
    std::fprintf(stderr, "hashirad: %s\n", warning.c_str());
}

void CoreThread::wakeAt(std::optional<std::int64_t> steadyMs) {
    if (!steadyMs) return m_timer->stop();
    const std::int64_t left = *steadyMs - m_clock.steadyMs();
    m_timer->start(static_cast<int>(std::clamp<std::int64_t>(left, 0, kLookAtClockMs)));
}

// --- what the services ask ---

template <typename T, typename Work>
void CoreThread::call(rpc::Reply<T> reply, Work work) {
    const Status posted = m_mailbox.post(
        [this, reply, work = std::move(work)]() mutable { work(*m_core, std::move(reply)); });
    if (!posted) reply(posted.error());
}

void CoreThread::send(std::vector<Draft> drafts, rpc::Reply<front::SendReply> reply) {
    Core::SendJob job{std::move(drafts), std::move(reply)};
    if (const Status posted = m_mailbox.send(std::move(job)); !posted) job.reply(posted.error());
}

void CoreThread::buildShelf(Week oldest, Week newest,
                            rpc::Reply<std::shared_ptr<const wire::Shelf>> reply) {
    call(std::move(reply), [oldest, newest](Core& core, auto done) {
        core.buildShelf(oldest, newest, std::move(done));
    });
}

void CoreThread::status(rpc::Reply<front::Status> reply) {
    call(std::move(reply), [](Core& core, const auto& done) { done(core.status()); });
}

void CoreThread::syncNow(rpc::Reply<front::Status> reply) {
    if (m_personAsks) m_personAsks();
    call(std::move(reply), [](Core& core, auto done) { core.syncNow(std::move(done)); });
}

void CoreThread::pause(front::Pause wish, rpc::Reply<front::Status> reply) {
    call(std::move(reply), [wish](Core& core, auto done) { core.pause(wish, std::move(done)); });
}

void CoreThread::listRejected(rpc::Reply<std::vector<front::RejectedCommand>> reply) {
    call(std::move(reply), [](Core& core, const auto& done) { done(core.listRejected()); });
}

void CoreThread::retryRejected(std::string commandId, rpc::Reply<front::Receipt> reply) {
    call(std::move(reply), [id = std::move(commandId)](Core& core, const auto& done) {
        done(core.retryRejected(id));
    });
}

void CoreThread::discardRejected(std::string commandId, rpc::Reply<front::Revision> reply) {
    call(std::move(reply), [id = std::move(commandId)](Core& core, const auto& done) {
        done(core.discardRejected(id));
    });
}

std::uint64_t CoreThread::waitFor(std::string commandId, front::Level level,
                                  rpc::Reply<front::Receipt> reply) {
    const std::uint64_t ticket = ++m_tickets;
    call(std::move(reply), [ticket, id = std::move(commandId), level](Core& core, auto done) {
        core.waitFor(ticket, id, level, std::move(done));
    });
    return ticket;
}

void CoreThread::cancelWait(std::uint64_t ticket) {
    m_mailbox.postInternal([this, ticket] { m_core->cancelWait(ticket); });
}

void CoreThread::doctor(rpc::Reply<front::DoctorReport> reply) {
    call(std::move(reply), [](Core& core, auto done) { core.doctor(std::move(done)); });
}

void CoreThread::stand(std::string about, std::string words) {
    m_mailbox.postInternal([this, about = std::move(about), words = std::move(words)] {
        m_core->stand(about, words);
    });
}

}  // namespace hashira::daemon

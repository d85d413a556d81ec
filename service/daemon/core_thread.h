// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "daemon/core.h"
#include "daemon/mailbox.h"
#include "rpc/core_port.h"

#include <QObject>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>

namespace hashira::rpc {
class Server;
}

namespace hashira::daemon {

/// Makes the link to the datastore, on the core thread. Null: none is set up.
using MakeLink = std::function<std::unique_ptr<remote::Link>(remote::Post)>;

/// The thread with the core on it: its event loop, its timer, and the mailbox that everybody else
/// talks to it through. open(), begin(), announceTo() and stop() are for one thread, the one that
/// made it.
class CoreThread final : public rpc::CorePort, private CoreOutput {
public:
    CoreThread(CoreSettings settings, const Clock& clock, MakeLink makeLink);
    /// As stop().
    ~CoreThread() override;

    /// Starts the thread and opens the core on it; what Core::open says. Call once.
    Status open();
    /// Whom to tell of changes from now on. It must outlive stop().
    void announceTo(rpc::Server& server) { m_server = &server; }
    /// Who else is told of each status, on the core thread, and must not wait there; from now on.
    /// It must outlive stop().
    void tellStatus(std::function<void(const front::Status&)> listener);
    /// Begins to sync.
    void begin();
    /// Another datastore, token or account, for any thread: goes on with these settings and that
    /// link. Where they name another directory its core takes the place of this one, whose calls
    /// under way end with kCancelled; where that cannot be opened all stays as it was.
    void use(CoreSettings settings, MakeLink makeLink, rpc::Reply<front::Status> reply);
    /// Changes what can change while it runs (Core::configure): `change` runs on the core thread;
    /// any thread.
    void adjust(std::function<void(CoreSettings&)> change);
    /// Tries the datastore again at once, where that is what the core waits for; any thread.
    void retryFor(front::WaitingFor reason);
    /// What the operating system says of the network, and that the machine was asleep; any thread.
    void networkChanged(NetworkHint hint);
    void machineWoke();
    /// Called on any thread, from now on, when a person asks for a sync. Before the first call.
    void onPersonAsks(std::function<void()> asks) { m_personAsks = std::move(asks); }
    /// The account of the files in that directory: empty where there are none, or none was signed
    /// in. Any thread; the reply comes on the core thread.
    void accountIn(std::string dataDir, rpc::Reply<std::string> reply);
    /// From now on calls of front ends are refused with kCancelled.
    void refuse() { m_mailbox.refuse(); }
    /// Does what is in the mailbox, ends the core and its thread. Nothing is called after it.
    void stop();

    // CorePort, for any thread
    void send(std::vector<Draft> drafts, rpc::Reply<front::SendReply> reply) override;
    std::shared_ptr<const wire::Shelf> shelf() const override;
    void buildShelf(Week oldest, Week newest,
                    rpc::Reply<std::shared_ptr<const wire::Shelf>> reply) override;
    void status(rpc::Reply<front::Status> reply) override;
    void syncNow(rpc::Reply<front::Status> reply) override;
    void pause(front::Pause wish, rpc::Reply<front::Status> reply) override;
    void listRejected(rpc::Reply<std::vector<front::RejectedCommand>> reply) override;
    void retryRejected(std::string commandId, rpc::Reply<front::Receipt> reply) override;
    void discardRejected(std::string commandId, rpc::Reply<front::Revision> reply) override;
    std::uint64_t waitFor(std::string commandId, front::Level level,
                          rpc::Reply<front::Receipt> reply) override;
    void cancelWait(std::uint64_t ticket) override;
    void doctor(rpc::Reply<front::DoctorReport> reply) override;
    void stand(std::string about, std::string words) override;

private:
    /// Lives on the core thread and gets its wake-ups there. It is freed only after the thread has
    /// ended, so that a late wake-up has somewhere to go.
    class Desk final : public QObject {
    public:
        explicit Desk(CoreThread& owner) : m_owner(owner) {}
        bool event(QEvent* event) override;

    private:
        CoreThread& m_owner;
    };
    class Thread final : public QThread {
    public:
        explicit Thread(CoreThread& owner) : m_owner(owner) {}
        void runEventLoop() { exec(); }

    private:
        void run() override { m_owner.run(); }
        CoreThread& m_owner;
    };

    void run();
    void drain();
    /// Somebody said something, the datastore too: where nobody does for a while, rest() follows.
    /// Its own looks at the clock are no reason.
    void stir();
    void rest();
    remote::Post poster();
    Result<std::unique_ptr<Core>> openCore(const CoreSettings& settings, const MakeLink& makeLink);
    Result<front::Status> useNow(const CoreSettings& settings, const MakeLink& makeLink);
    /// Every front end must read all anew.
    void tellAll();
    /// A call of a front end: `work` runs with the core and its reply on the core thread.
    template <typename T, typename Work>
    void call(rpc::Reply<T> reply, Work work);

    // CoreOutput, on the core thread
    void notify(const front::Notice& notice) override;
    void statusChanged(const front::Status& status) override;
    void warned(const std::string& warning) override;
    void wakeAt(std::optional<std::int64_t> steadyMs) override;

    const Clock& m_clock;
    const MakeLink m_makeLink;  ///< for the start
    Mailbox m_mailbox;
    Desk m_desk;
    Thread m_thread;
    bool m_started = false;  ///< the owner's
    std::promise<Status> m_opened;
    std::promise<void> m_ended;
    std::atomic<rpc::Server*> m_server = nullptr;
    std::atomic<std::uint64_t> m_tickets = 0;
    std::mutex m_listenerMutex;
    std::function<void(const front::Status&)> m_listener;  ///< m_listenerMutex
    std::function<void()> m_personAsks;

    // --- the core thread's, from here on; m_core is set before open() returns ---
    CoreSettings m_settings;
    std::optional<NetworkHint> m_network;  ///< as told last
    SystemRandom m_random;
    mutable std::mutex m_coreMutex;  ///< the core thread writes m_core under it, others read it
    std::unique_ptr<Core> m_core;
    std::unique_ptr<QTimer> m_timer;
    std::unique_ptr<QTimer> m_restTimer;  ///< runs from the first that happens after a rest
    bool m_stirred = false;               ///< since m_restTimer began
};

}  // namespace hashira::daemon

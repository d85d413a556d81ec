// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"
#include "daemon/mailbox.h"

#include <QObject>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace hashira::rpc {
class CorePort;
}

namespace hashira::daemon {

class Daemon;

/// The port to the running daemon. What crosses from the core thread waits in a mailbox that the
/// main thread's event loop empties. Must outlive Daemon::stop(), and nothing is asked after that.
class Desk final : public QObject, public DeskPort {
public:
    explicit Desk(Daemon& daemon);
    ~Desk() override;

    void watch(std::function<void(const front::Status&)> listener) override;
    bool today(std::size_t most, Reply<Today> reply) override;
    void send(What what, const std::string& payload, Reply<front::Receipt> reply) override;
    void syncNow(Reply<front::Status> reply) override;
    void pause(front::Pause wish, Reply<front::Status> reply) override;
    void listRejected(Reply<std::vector<front::RejectedCommand>> reply) override;
    std::string signInFixed() const override;
    void signIn(front::SignIn wanted, Reply<front::SignedIn> reply) override;
    void signOut(bool leavePending, Reply<front::Status> reply) override;
    void stand(const std::string& about, const std::string& words) override;

    bool event(QEvent* event) override;

private:
    /// From any thread: the latest status is told on the main thread.
    void tell(const front::Status& status);
    /// The same reply, to be called from any thread: it is brought to the main thread.
    template <typename T>
    Reply<T> here(Reply<T> reply);

    Daemon& m_daemon;
    rpc::CorePort& m_core;
    Mailbox m_mailbox;
    std::function<void(const front::Status&)> m_listener;  ///< the main thread's
    std::mutex m_mutex;
    std::optional<front::Status> m_latest;  ///< m_mutex; not told yet
};

}  // namespace hashira::daemon

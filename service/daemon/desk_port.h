// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/front.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hashira::daemon {

/// What the part of this process that a person looks at, the tray, may ask of the daemon. For the
/// main thread, where all answers come too, by its event loop. No member waits.
class DeskPort {
public:
    template <typename T>
    using Reply = std::function<void(Result<T>)>;
    /// Doing and todo of this week.
    struct Today {
        std::vector<front::TaskLine> doing;
        std::vector<front::TaskLine> todo;
    };

    virtual ~DeskPort() = default;

    /// Calls `listener` soon with the state now, and then at each change; states that came while
    /// the loop was busy are skipped. Replaces the earlier one; null: nobody is told.
    virtual void watch(std::function<void(const front::Status&)> listener) = 0;

    /// At most `most` of each. True: `reply` was called before this returned, as the week was at
    /// hand.
    virtual bool today(std::size_t most, Reply<Today> reply) = 0;
    /// `payload`: JSON, as a front end sends it.
    virtual void send(What what, const std::string& payload, Reply<front::Receipt> reply) = 0;
    virtual void syncNow(Reply<front::Status> reply) = 0;
    /// kInvalid: the moment to go on at is not in the future.
    virtual void pause(front::Pause wish, Reply<front::Status> reply) = 0;
    virtual void listRejected(Reply<std::vector<front::RejectedCommand>> reply) = 0;
    /// Why nobody can sign in or out here; empty: they can.
    virtual std::string signInFixed() const = 0;
    /// As Daemon.SignIn and SignOut of the protocol.
    virtual void signIn(front::SignIn wanted, Reply<front::SignedIn> reply) = 0;
    virtual void signOut(bool leavePending, Reply<front::Status> reply) = 0;
    /// See rpc::CorePort::stand.
    virtual void stand(const std::string& about, const std::string& words) = 0;
};

}  // namespace hashira::daemon

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/front.h"
#include "wire/snapshot.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hashira::rpc {

template <typename T>
using Reply = std::function<void(Result<T>)>;

/// What the services ask of the daemon's core. Every member may be called from any thread and never
/// blocks. A reply is called exactly once: on the core thread, or at once with kExhausted where the
/// mailbox is full, or with kCancelled while the daemon stops.
class CorePort {
public:
    virtual ~CorePort() = default;

    virtual void send(std::vector<Draft> drafts, Reply<front::SendReply> reply) = 0;

    /// The snapshots published last; never null.
    virtual std::shared_ptr<const wire::Shelf> shelf() const = 0;
    /// A shelf that has every week from `newest` back to `oldest`, both inclusive: built, or read
    /// through from the datastore. Weeks that could not be read are told in Shelf::incomplete.
    virtual void buildShelf(Week oldest, Week newest,
                            Reply<std::shared_ptr<const wire::Shelf>> reply) = 0;

    virtual void status(Reply<front::Status> reply) = 0;
    virtual void syncNow(Reply<front::Status> reply) = 0;
    /// kInvalid: the moment to go on at is not in the future.
    virtual void pause(front::Pause wish, Reply<front::Status> reply) = 0;
    virtual void listRejected(Reply<std::vector<front::RejectedCommand>> reply) = 0;
    virtual void retryRejected(std::string commandId, Reply<front::Receipt> reply) = 0;
    virtual void discardRejected(std::string commandId, Reply<front::Revision> reply) = 0;
    /// Replies when the level is reached or the command refused. The ticket names the wait for
    /// cancelWait.
    virtual std::uint64_t waitFor(std::string commandId, front::Level level,
                                  Reply<front::Receipt> reply) = 0;
    /// Forgets a wait: its reply comes with kCancelled, if it had not come yet.
    virtual void cancelWait(std::uint64_t ticket) = 0;
    virtual void doctor(Reply<front::DoctorReport> reply) = 0;
    /// A warning of whatever runs beside the core, told in the status as long as it holds. One for
    /// each `about`; empty words take it back.
    virtual void stand(std::string about, std::string words) = 0;
};

}  // namespace hashira::rpc

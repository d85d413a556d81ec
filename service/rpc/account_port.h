// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/front.h"

#include <functional>

namespace hashira::rpc {

/// What the services ask of whoever keeps the sign-in. Every member may be called from any thread
/// and never blocks; the reply is called once, from any thread, or never where the daemon ends.
class AccountPort {
public:
    virtual ~AccountPort() = default;
    virtual void signIn(front::SignIn wanted,
                        std::function<void(Result<front::SignedIn>)> reply) = 0;
    /// Without `leavePending` it is refused while changes wait that the datastore does not have.
    virtual void signOut(bool leavePending, std::function<void(Result<front::Status>)> reply) = 0;
};

}  // namespace hashira::rpc

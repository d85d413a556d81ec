// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/answers.h"

#include <grpcpp/support/status.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace hashira::rpc {

/// A call under way, as the server's stop sees it.
class OpenCall {
public:
    virtual ~OpenCall() = default;
    /// Ends the call with that status as soon as it can, unless it has ended. Any thread.
    virtual void end(const grpc::Status& status) = 0;
};

/// All calls under way; keeps each alive from its first moment until gRPC is done with it. Any
/// thread. Nothing of gRPC is called under the lock: gRPC may run a reaction before such a call
/// returns.
class OpenCalls {
public:
    /// A standing call lasts as long as its client likes, so stopping does not wait for it.
    /// Returns false where the server is stopping: end the call.
    bool add(std::shared_ptr<OpenCall> call, bool standing);
    /// To be called from OnDone, as the last thing: it may free the call.
    void remove(OpenCall* call);

    /// From now on add() returns false. Ends the standing calls.
    void stop();
    /// Ends all calls.
    void endAll();
    bool stopping() const;
    /// Waits until there are none; false when `ms` passed before.
    bool waitNone(int ms);

    Answers& answers() { return m_answers; }

private:
    struct Kept {
        std::shared_ptr<OpenCall> call;
        bool standing = false;
    };
    std::vector<std::shared_ptr<OpenCall>> some(bool standingOnly) const;

    Answers m_answers;
    mutable std::mutex m_mutex;
    std::condition_variable m_none;
    std::unordered_map<OpenCall*, Kept> m_calls;
    bool m_stopping = false;
};

}  // namespace hashira::rpc

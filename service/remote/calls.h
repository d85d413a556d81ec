// SPDX-License-Identifier: MIT
#pragma once

#include "hashira/v1/datastore.grpc.pb.h"
#include "remote/call_error.h"
#include "remote/link.h"

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace hashira::remote {

class Call;

/// The calls under way: gRPC's threads still come back to them after a cancel, so that whoever ends
/// must wait. Thread-safe.
class Inflight {
public:
    std::uint64_t add(Call* call);
    /// It can be cancelled no more …
    void forget(std::uint64_t id);
    /// … and now it is gone.
    void gone();
    void abandon(std::uint64_t id);
    void abandonAll();
    /// Returns once gRPC has let go of every call. After abandonAll().
    void wait();

private:
    std::mutex m_mutex;
    std::condition_variable m_empty;
    std::map<std::uint64_t, Call*> m_calls;
    std::uint64_t m_lastId = 0;
    int m_count = 0;
};

/// Whether handlers may still be called. Read and written on the core thread alone.
using Alive = std::shared_ptr<bool>;

/// What a call is made with.
struct CallSetup {
    Post post;
    std::shared_ptr<v1::Datastore::Stub> stub;
    std::shared_ptr<Inflight> inflight;
    std::string target;
    std::string token;
    Alive open;  ///< false once the link was closed
};

/// What is kept of a call to abandon it, however far it is.
struct Ticket {
    std::uint64_t id = 0;
    Alive alive;
};

/// What every call has in common. Owns itself, from its making until gRPC's OnDone.
class Call {
public:
    explicit Call(CallSetup setup);
    virtual ~Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Ends it early. Handlers that are on their way are stopped by `open` and Ticket::alive. Any
    /// thread.
    virtual void abandon() { context().TryCancel(); }
    Ticket ticket() const { return {m_id, m_alive}; }

protected:
    /// Runs `handler` on the core thread, unless the call is abandoned by then. Any thread.
    void deliver(std::function<void()> handler);
    Error error(const grpc::Status& status) const;
    /// The datastore does what the protocol does not allow.
    Error garbled(const std::string& what) const;
    /// A server that says nothing for limits::kCallTimeoutMs: cancels the call. For streams, which
    /// have no deadline.
    void expectMessage();
    void messageCame() { m_alarm.reset(); }
    /// A read failed: the call ends by itself, or is cancelled soon.
    void expectEnd();
    /// The end of OnDone: deletes this.
    void release();

    v1::Datastore::Stub& stub() { return *m_setup.stub; }
    grpc::ClientContext& context() { return m_shared->context; }

private:
    void expect(std::int64_t ms);

    struct Shared {
        grpc::ClientContext context;
        std::atomic<bool> silent = false;
    };
    CallSetup m_setup;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
    std::unique_ptr<grpc::Alarm> m_alarm;
    Alive m_alive = std::make_shared<bool>(true);
    std::uint64_t m_id = 0;
    bool m_endExpected = false;
};

Ticket startWatch(CallSetup setup, const sync::WatchRequest& request, WatchHandlers handlers);
void startFetch(CallSetup setup, const sync::FetchRequest& request, FetchHandlers handlers);
void startApply(CallSetup setup, sync::ApplyRequest request,
                std::function<void(Result<sync::ApplyResponse>)> reply);
void startPush(CallSetup setup, sync::PushRequest request,
               std::function<void(Result<sync::PushResponse>)> reply);

}  // namespace hashira::remote

// SPDX-License-Identifier: MIT
#include "datastore/calls.h"

#include "datastore/accounts.h"
#include "datastore/ledger.h"
#include "datastore/limits.h"
#include "datastore/sql_repository.h"
#include "datastore/stream_reactor.h"
#include "wire/status.h"
#include "wire/sync_convert.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hashira::datastore {
namespace {

/// Chunks of a Fetch that wait for the client: about a megabyte.
constexpr std::size_t kWaitingChunks = 4;

/// The hash of the token that the call carries; nothing where it carries none.
std::optional<std::string> tokenHashOf(const grpc::CallbackServerContext& context) {
    const auto& metadata = context.client_metadata();
    const auto at = metadata.find("authorization");
    if (at == metadata.end()) return {};
    const std::string value(at->second.data(), at->second.size());
    constexpr std::string_view kScheme = "Bearer ";
    if (value.compare(0, kScheme.size(), kScheme) != 0) return {};
    return accounts::tokenHash(value.substr(kScheme.size()));
}

/// Who calls, by the hash of its token; or what turns the call away.
struct Caller {
    std::optional<std::string> tokenHash;
    grpc::Status refusal;
};

Caller callerOf(Backend& backend, const grpc::CallbackServerContext& context) {
    if (backend.leave.begun()) return {{}, wire::toGrpc(backend.leave.error())};
    return {tokenHashOf(context),
            {grpc::StatusCode::UNAUTHENTICATED, "the call carries no access token"}};
}

grpc::Status queueFull() {
    return wire::toGrpc({ErrorCode::kExhausted, "the datastore has too much to do, try again later",
                         limits::kOverloadRetryMs});
}

/// A full or damaged disk of ours is no fault of the daemon's machine: it waits and tries again.
grpc::Status statusOf(Error error) {
    if (error.code == ErrorCode::kDiskFull || error.code == ErrorCode::kCorrupt ||
        error.code == ErrorCode::kBusy)
        error.code = ErrorCode::kExhausted;
    return wire::toGrpc(error);
}

/// What a request counts for in the account's rate.
std::int64_t weightOf(const ledger::ReadApply& read) {
    return static_cast<std::int64_t>(read.request.commands.size());
}
std::int64_t weightOf(const sync::PushRequest& request) {
    constexpr std::size_t kSmallDocument = 256;
    return static_cast<std::int64_t>(request.documentsJson.size() / kSmallDocument);
}

/// The account of a call, where it does not ask for more than accounts may.
Result<AccountKey> admitted(Desk& desk, Backend& backend, const std::string& tokenHash,
                            std::int64_t weight) {
    auto account = desk.accountOf(tokenHash);
    if (!account) return account;
    const std::int64_t waitMs =
        backend.rate.take(account->id, std::max<std::int64_t>(weight, 1), desk.clock().steadyMs());
    if (waitMs == 0) return account;
    return Error{ErrorCode::kExhausted, "the account asks for more than its share, try again later",
                 waitMs};
}

void count(Metrics& metrics, const sync::ApplyResponse& answer) {
    for (const auto& result : answer.results)
        (result.refusal.empty() ? metrics.appliedCommands : metrics.refusedCommands).add();
}
void count(Metrics&, const sync::PushResponse&) {}

/// One transaction that answers a unary call; commits where the ledger says so.
template <typename Answer, typename Ask>
Result<Answer> answer(Desk& desk, Backend& backend, const std::string& tokenHash, Result<Ask>& ask,
                      Result<Answer> (*function)(Transaction&, Ask&, const ledger::Context&)) {
    if (!ask) return ask.error();
    const auto account = admitted(desk, backend, tokenHash, weightOf(*ask));
    if (!account) return account.error();
    auto transaction = beginTransaction(desk.database(), Scope::Mode::kWrite, *account);
    if (!transaction) return transaction.error();
    const auto before = (*transaction)->account();
    if (!before) return before.error();
    auto result = function(**transaction, *ask, contextOf(desk, backend));
    if (!result) return result;
    if (const Status committed = (*transaction)->commit(); !committed) return committed.error();
    count(backend.metrics, *result);
    if (result->cursor != before->cursor) backend.committed(account->id, result->cursor.version);
    return result;
}

/// Takes the texts: gRPC made the message for this call, and nobody reads it again.
Result<ledger::ReadApply> askOf(const v1::ApplyRequest& request) {
    auto read = wire::fromProto(std::move(const_cast<v1::ApplyRequest&>(request)));
    if (!read) return read.error();
    return ledger::read(std::move(*read));
}
Result<sync::PushRequest> askOf(const v1::PushRequest& request) {
    return wire::fromProto(request);
}

/// A unary call. What was read of its request goes when gRPC lets go of the call, on gRPC's
/// thread: a batch is many small texts, and the lane would wait until they are freed.
template <typename Ask>
class UnaryReactor final : public grpc::ServerUnaryReactor {
public:
    std::optional<Result<Ask>> ask;

private:
    void OnDone() override { delete this; }
};

/// Answers a unary call on the account's lane.
template <typename Ask, typename Answer, typename Request, typename Response>
grpc::ServerUnaryReactor* unary(Backend& backend, grpc::CallbackServerContext* context,
                                const Request* request, Response* response,
                                Result<Answer> (*function)(Transaction&, Ask&,
                                                           const ledger::Context&)) {
    auto* reactor = new UnaryReactor<Ask>;
    const auto [tokenHash, refusal] = callerOf(backend, *context);
    if (!tokenHash) {
        reactor->Finish(refusal);
        return reactor;
    }
    // Where the token is known the request is read here: on the lane it would hold up others. For
    // a stranger nothing is read before the token was looked up.
    if (backend.tokens.knows(*tokenHash)) reactor->ask = askOf(*request);
    const bool posted = backend.writers->post(
        backend.tokens.laneOf(*tokenHash), [=, &backend, hash = *tokenHash](Desk& desk) {
            const auto known = desk.accountOf(hash);
            if (known && !reactor->ask) reactor->ask = askOf(*request);
            auto result = known ? answer(desk, backend, hash, *reactor->ask, function)
                                : Result<Answer>(known.error());
            if (result) wire::toProto(std::move(*result), *response);
            reactor->Finish(result ? grpc::Status::OK : statusOf(result.error()));
        });
    if (!posted) reactor->Finish(queueFull());
    return reactor;
}

/// The hello comes first and versions ascend, whatever the order in which they are heard of: from
/// commits here, and from other replicas.
class WatchReactor final : public StreamReactor<v1::WatchResponse>, public Watcher {
public:
    /// Sends the hello, and then what changed since it was read.
    void greet(v1::WatchResponse hello, std::uint64_t version) {
        const std::lock_guard lock(m_mutex);
        send(std::move(hello));
        m_told = version;
        if (m_heard > version) tell(m_heard);
    }

    void changed(std::uint64_t version) override {
        const std::lock_guard lock(m_mutex);
        m_heard = std::max(m_heard, version);
        if (m_told && version > *m_told) tell(version);
    }

    std::uint64_t told() override {
        const std::lock_guard lock(m_mutex);
        return m_told.value_or(0);
    }

    void setBack() override {
        StreamReactor::end(
            statusOf({ErrorCode::kUnavailable, "the datastore was set back: say hello again"}));
    }

    void end(const Error& error) override { StreamReactor::end(statusOf(error)); }
    using StreamReactor::end;

private:
    void tell(std::uint64_t version) {
        m_told = version;
        v1::WatchResponse message;
        message.mutable_changed()->set_version(version);
        send(std::move(message), [&](v1::WatchResponse& last) {
            if (!last.has_changed()) return false;
            last.mutable_changed()->set_version(version);
            return true;
        });
    }

    std::mutex m_mutex;  // protects what follows
    std::uint64_t m_heard = 0;
    std::optional<std::uint64_t> m_told;  ///< nothing before the hello
};

/// Registers the watcher, then says hello: no commit comes between the two.
Status greet(Desk& desk, Backend& backend, const std::string& tokenHash,
             const v1::WatchRequest& request, const std::shared_ptr<WatchReactor>& reactor) {
    const auto account = admitted(desk, backend, tokenHash, 1);
    if (!account) return account.error();
    if (const Status added = backend.broadcaster.add(account->id, tokenHash, reactor); !added)
        return added;
    auto transaction = beginTransaction(desk.database(), Scope::Mode::kRead, *account);
    if (!transaction) return transaction.error();
    const auto hello =
        ledger::hello(**transaction, wire::fromProto(request), contextOf(desk, backend));
    if (!hello) return hello.error();
    reactor->greet(wire::toProto(*hello), hello->cursor.version);
    return {};
}

using FetchReactor = StreamReactor<v1::FetchResponse>;

/// The snapshot is held while a client reads; one that takes nothing must not hold it for ever.
Status sendMessage(Backend& backend, FetchReactor& reactor, v1::FetchResponse message) {
    const std::chrono::milliseconds look(limits::kStalledFetchMs);
    for (std::int64_t ms = 0; ms < limits::kCallTimeoutMs; ms += look.count()) {
        if (reactor.waitForRoom(kWaitingChunks, look)) {
            reactor.send(std::move(message));
            return {};
        }
        if (backend.readers->waiting() > 0)
            return Error{ErrorCode::kExhausted, "others wait, and the client does not read",
                         limits::kOverloadRetryMs};
    }
    return Error{ErrorCode::kCancelled, "the client does not read what it fetches"};
}

/// Holds each chunk back until the next one is there: the last may carry the end.
class HeldChunk {
public:
    HeldChunk(Backend& backend, FetchReactor& reactor) : m_backend(backend), m_reactor(reactor) {}

    Status add(sync::Chunk chunk) {
        const Status sent = flush();
        wire::toProto(std::move(chunk), *m_held.emplace().mutable_chunk());
        return sent;
    }

    Status end(const ledger::FetchEnd& end, bool beside) {
        if (beside && m_held && !end.helloNeeded) {
            wire::toProto(end.state, *m_held->mutable_state_beside());
        } else {
            if (const Status sent = flush(); !sent) return sent;
            m_held.emplace();
            if (end.helloNeeded)
                m_held->set_hello_needed(true);
            else
                wire::toProto(end.state, *m_held->mutable_state());
        }
        m_reactor.sendLast(std::move(*m_held));
        return {};
    }

private:
    Status flush() {
        if (!m_held) return {};
        return sendMessage(m_backend, m_reactor, std::move(*std::exchange(m_held, std::nullopt)));
    }

    Backend& m_backend;
    FetchReactor& m_reactor;
    std::optional<v1::FetchResponse> m_held;
};

Status streamFetch(Desk& desk, Backend& backend, const std::string& tokenHash,
                   const v1::FetchRequest& request, FetchReactor& reactor) {
    const auto ask = wire::fromProto(request);
    if (!ask) return ask.error();
    const auto account = admitted(desk, backend, tokenHash, 1);
    if (!account) return account.error();
    auto transaction = beginTransaction(desk.database(), Scope::Mode::kRead, *account);
    if (!transaction) return transaction.error();
    HeldChunk chunks(backend, reactor);
    const auto end = ledger::fetch(**transaction, *ask, contextOf(desk, backend),
                                   [&](sync::Chunk chunk) { return chunks.add(std::move(chunk)); });
    if (!end) return end.error();
    return chunks.end(*end, request.takes_state_beside());
}

}  // namespace

grpc::ServerWriteReactor<v1::WatchResponse>* Calls::Watch(grpc::CallbackServerContext* context,
                                                          const v1::WatchRequest* request) {
    const auto reactor = std::make_shared<WatchReactor>();
    reactor->keep(reactor);
    const auto [tokenHash, refusal] = callerOf(m_backend, *context);
    if (!tokenHash) {
        reactor->end(refusal);
    } else if (!m_backend.writers->post(
                   m_backend.tokens.laneOf(*tokenHash),
                   [this, reactor, request = *request, hash = *tokenHash](Desk& desk) {
                       const Status greeted = greet(desk, m_backend, hash, request, reactor);
                       if (!greeted) reactor->end(greeted.error());
                   })) {
        reactor->end(queueFull());
    }
    return reactor.get();
}

grpc::ServerUnaryReactor* Calls::Apply(grpc::CallbackServerContext* context,
                                       const v1::ApplyRequest* request,
                                       v1::ApplyResponse* response) {
    return unary<ledger::ReadApply, sync::ApplyResponse>(m_backend, context, request, response,
                                                         ledger::applyRead);
}

grpc::ServerWriteReactor<v1::FetchResponse>* Calls::Fetch(grpc::CallbackServerContext* context,
                                                          const v1::FetchRequest* request) {
    const auto reactor = std::make_shared<FetchReactor>();
    reactor->keep(reactor);
    const auto [tokenHash, refusal] = callerOf(m_backend, *context);
    if (!tokenHash) {
        reactor->end(refusal);
    } else if (!m_backend.readers->post(
                   m_backend.tokens.readLaneOf(*tokenHash),
                   [this, reactor, request = *request, hash = *tokenHash](Desk& desk) {
                       const Status done = streamFetch(desk, m_backend, hash, request, *reactor);
                       if (!done) reactor->cut(statusOf(done.error()));
                   })) {
        reactor->end(queueFull());
    }
    return reactor.get();
}

grpc::ServerUnaryReactor* Calls::Push(grpc::CallbackServerContext* context,
                                      const v1::PushRequest* request, v1::PushResponse* response) {
    return unary<sync::PushRequest, sync::PushResponse>(
        m_backend, context, request, response,
        [](Transaction& transaction, sync::PushRequest& ask, const ledger::Context& its) {
            return ledger::push(transaction, ask, its);
        });
}

}  // namespace hashira::datastore

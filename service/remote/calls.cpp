// SPDX-License-Identifier: MIT
#include "remote/calls.h"

#include "base/limits.h"
#include "wire/sync_convert.h"

#include <chrono>
#include <utility>

namespace hashira::remote {
namespace {

/// A stream whose read failed ends at once, or the message could not be read and more follow.
constexpr std::int64_t kEndMs = 1'000;

std::chrono::system_clock::time_point after(std::int64_t ms) {
    return std::chrono::system_clock::now() + std::chrono::milliseconds(ms);
}

}  // namespace

std::uint64_t Inflight::add(Call* call) {
    const std::lock_guard lock(m_mutex);
    m_calls[++m_lastId] = call;
    ++m_count;
    return m_lastId;
}

void Inflight::forget(std::uint64_t id) {
    const std::lock_guard lock(m_mutex);
    m_calls.erase(id);
}

void Inflight::gone() {
    const std::lock_guard lock(m_mutex);
    if (--m_count == 0) m_empty.notify_all();
}

void Inflight::abandon(std::uint64_t id) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_calls.find(id);
    if (at != m_calls.end()) at->second->abandon();
}

void Inflight::abandonAll() {
    const std::lock_guard lock(m_mutex);
    for (const auto& [id, call] : m_calls) call->abandon();
}

void Inflight::wait() {
    std::unique_lock lock(m_mutex);
    m_empty.wait(lock, [this] { return m_count == 0; });
}

Call::Call(CallSetup setup) : m_setup(std::move(setup)) {
    context().AddMetadata("authorization", "Bearer " + m_setup.token);
    m_id = m_setup.inflight->add(this);
}

void Call::deliver(std::function<void()> handler) {
    m_setup.post([open = m_setup.open, alive = m_alive, handler = std::move(handler)] {
        if (*open && *alive) handler();
    });
}

Error Call::error(const grpc::Status& status) const {
    if (!m_shared->silent) return callError(status, m_setup.target);
    if (m_endExpected) return garbled("sends what is no message of this protocol");
    return callError({grpc::StatusCode::DEADLINE_EXCEEDED, {}}, m_setup.target);
}

Error Call::garbled(const std::string& what) const {
    return {ErrorCode::kInternal, "the datastore at " + m_setup.target + " " + what};
}

void Call::expectMessage() {
    expect(limits::kCallTimeoutMs);
}

void Call::expectEnd() {
    m_endExpected = true;
    expect(kEndMs);
}

void Call::expect(std::int64_t ms) {
    m_alarm = std::make_unique<grpc::Alarm>();
    // The alarm may fire while the call ends: it holds only what it touches.
    m_alarm->Set(after(ms), [weak = std::weak_ptr(m_shared)](bool expired) {
        const auto shared = weak.lock();
        if (!expired || !shared) return;
        shared->silent = true;
        shared->context.TryCancel();
    });
}

void Call::release() {
    const auto inflight = m_setup.inflight;
    inflight->forget(m_id);
    delete this;
    inflight->gone();
}

namespace {

/// A call with one answer.
template <typename Request, typename Response, typename Answer>
class UnaryCall final : public Call, public grpc::ClientUnaryReactor {
public:
    using Reply = std::function<void(Result<Answer>)>;
    using Method = void (v1::Datastore::StubInterface::async_interface::*)(
        grpc::ClientContext*, const Request*, Response*, grpc::ClientUnaryReactor*);

    UnaryCall(CallSetup setup, Request request, Reply reply)
        : Call(std::move(setup)), m_request(std::move(request)), m_reply(std::move(reply)) {}

    void start(Method method) {
        context().set_deadline(after(limits::kCallTimeoutMs));
        (stub().async()->*method)(&context(), &m_request, &m_response, this);
        StartCall();
    }

private:
    void OnDone(const grpc::Status& status) override {
        Result<Answer> answer = status.ok() ? Result<Answer>(wire::fromProto(m_response))
                                            : Result<Answer>(error(status));
        deliver([reply = std::move(m_reply), answer = std::move(answer)] { reply(answer); });
        release();
    }

    Request m_request;
    Response m_response;
    Reply m_reply;
};

/// The standing stream.
class WatchCall final : public Call, public grpc::ClientReadReactor<v1::WatchResponse> {
public:
    WatchCall(CallSetup setup, const sync::WatchRequest& request, WatchHandlers handlers)
        : Call(std::move(setup)),
          m_request(wire::toProto(request)),
          m_handlers(std::make_shared<WatchHandlers>(std::move(handlers))) {}

    void start() {
        stub().async()->Watch(&context(), &m_request, this);
        expectMessage();
        StartRead(&m_response);
        StartCall();
    }

private:
    void OnReadDone(bool ok) override {
        if (!ok) return expectEnd();
        messageCame();
        if (floods()) {
            m_flooded = true;
            return Call::abandon();
        }
        if (m_response.has_hello()) {
            deliver([handlers = m_handlers, hello = wire::fromProto(m_response.hello())] {
                handlers->hello(hello);
            });
        } else if (m_response.has_changed()) {
            deliver([handlers = m_handlers, version = m_response.changed().version()] {
                handlers->changed(version);
            });
        }
        StartRead(&m_response);
    }

    void OnDone(const grpc::Status& status) override {
        messageCame();
        const Error end =
            m_flooded ? garbled("sends more notifications than anybody can make") : error(status);
        deliver([handlers = m_handlers, end] { handlers->ended(end); });
        release();
    }

    /// Each message is a job for the core thread: they must not come without measure.
    bool floods() {
        const auto now = std::chrono::steady_clock::now();
        if (now - m_second >= std::chrono::seconds(1)) {
            m_second = now;
            m_messages = 0;
        }
        return ++m_messages > limits::kChangesASecond;
    }

    std::chrono::steady_clock::time_point m_second = std::chrono::steady_clock::now();
    int m_messages = 0;  ///< in this second
    bool m_flooded = false;
    v1::WatchRequest m_request;
    v1::WatchResponse m_response;
    std::shared_ptr<WatchHandlers> m_handlers;
};

/// A Fetch: the next message is read when the taker of the last chunk asks for it. The last chunk
/// is handed over together with the end where it came with it: each crossing to the core thread
/// costs more than what a small answer does there.
class FetchCall final : public Call, public grpc::ClientReadReactor<v1::FetchResponse> {
public:
    FetchCall(CallSetup setup, const sync::FetchRequest& request, FetchHandlers handlers)
        : Call(std::move(setup)),
          m_request(wire::toProto(request)),
          m_handlers(std::make_shared<FetchHandlers>(std::move(handlers))) {
        m_request.set_takes_state_beside(true);
    }

    void start() {
        stub().async()->Fetch(&context(), &m_request, this);
        // The hold keeps gRPC from ending the call while no read is under way.
        AddHold();
        read();
        StartCall();
    }

    void abandon() override {
        Call::abandon();
        const std::lock_guard lock(m_gate->mutex);
        m_gate->abandoned = true;
        if (std::exchange(m_gate->parked, false)) RemoveHold();
    }

private:
    /// What the core thread and gRPC's both touch. Outlives the call: `next` may be called late.
    struct Gate {
        std::mutex mutex;
        bool parked = false;  ///< a chunk is out, no read is under way, and the hold is on
        bool abandoned = false;
    };

    void read() {
        expectMessage();
        StartRead(&m_response);
    }

    void OnReadDone(bool ok) override {
        messageCame();
        const std::lock_guard lock(m_gate->mutex);
        if (!ok || m_gate->abandoned) {
            if (!ok) expectEnd();
            return RemoveHold();
        }
        // More after the end, or nothing that is known, for ever: nothing of it is to be trusted.
        if (m_over || ++m_foreign > limits::kForeignMessages) {
            m_garbled = true;
            Call::abandon();
            return RemoveHold();
        }
        takeEnd();
        if (m_response.has_chunk() && m_over) {
            m_last = wire::fromProto(std::move(*m_response.mutable_chunk()));
        } else if (m_response.has_chunk()) {
            m_foreign = 0;
            m_gate->parked = true;
            return deliverChunk(wire::fromProto(std::move(*m_response.mutable_chunk())));
        }
        read();
    }

    void takeEnd() {
        if (m_response.has_state_beside())
            m_end = FetchEnd{false, wire::fromProto(m_response.state_beside())};
        else if (m_response.has_state())
            m_end = FetchEnd{false, wire::fromProto(m_response.state())};
        else if (m_response.hello_needed())
            m_end = FetchEnd{true, {}};
        m_over |= m_end.has_value();
    }

    void deliverChunk(sync::Chunk chunk) {
        deliver([this, gate = m_gate, handlers = m_handlers, alive = ticket().alive,
                 chunk = std::make_shared<sync::Chunk>(std::move(chunk))] {
            handlers->chunk(std::move(*chunk), [this, gate, alive](bool more) {
                if (!more) *alive = false;
                const std::lock_guard lock(gate->mutex);
                // Parked: the hold is on, so this call is still there.
                if (!std::exchange(gate->parked, false)) return;
                if (more) return read();
                Call::abandon();
                RemoveHold();
            });
        });
    }

    void OnDone(const grpc::Status& status) override {
        messageCame();
        Result<FetchEnd> end = error(status);
        if (m_garbled) {
            end = garbled("goes on after the end of an answer");
        } else if (status.ok() && m_end) {
            if (m_last) deliverChunk(std::move(*m_last));
            end = std::move(*m_end);
        }
        deliver([handlers = m_handlers, end = std::move(end)] { handlers->ended(end); });
        release();
    }

    v1::FetchRequest m_request;
    v1::FetchResponse m_response;
    std::shared_ptr<FetchHandlers> m_handlers;
    std::optional<sync::Chunk> m_last;  ///< a chunk that came with the end
    std::optional<FetchEnd> m_end;
    bool m_over = false;  ///< the end came
    int m_foreign = 0;    ///< messages in a row of which nothing is known here
    bool m_garbled = false;
    std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();
};

}  // namespace

// A call may be gone as soon as it was started: nothing touches it after that.

Ticket startWatch(CallSetup setup, const sync::WatchRequest& request, WatchHandlers handlers) {
    auto* call = new WatchCall(std::move(setup), request, std::move(handlers));
    const Ticket ticket = call->ticket();
    call->start();
    return ticket;
}

void startFetch(CallSetup setup, const sync::FetchRequest& request, FetchHandlers handlers) {
    (new FetchCall(std::move(setup), request, std::move(handlers)))->start();
}

void startApply(CallSetup setup, sync::ApplyRequest request,
                std::function<void(Result<sync::ApplyResponse>)> reply) {
    using Apply = UnaryCall<v1::ApplyRequest, v1::ApplyResponse, sync::ApplyResponse>;
    (new Apply(std::move(setup), wire::toProto(std::move(request)), std::move(reply)))
        ->start(&v1::Datastore::StubInterface::async_interface::Apply);
}

void startPush(CallSetup setup, sync::PushRequest request,
               std::function<void(Result<sync::PushResponse>)> reply) {
    using Push = UnaryCall<v1::PushRequest, v1::PushResponse, sync::PushResponse>;
    (new Push(std::move(setup), wire::toProto(std::move(request)), std::move(reply)))
        ->start(&v1::Datastore::StubInterface::async_interface::Push);
}

}  // namespace hashira::remote

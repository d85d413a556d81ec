// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "rpc/core_port.h"
#include "rpc/open_calls.h"
#include "wire/status.h"

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace hashira::rpc {

/// A call with one answer, which may come from any thread, late, or never: the first of answer,
/// cancel and stop ends it, the others have no effect.
template <typename Response>
class UnaryCall final : public grpc::ServerUnaryReactor,
                        public OpenCall,
                        public std::enable_shared_from_this<UnaryCall<Response>> {
public:
    static std::shared_ptr<UnaryCall> start(OpenCalls& calls, Response* response,
                                            bool standing = false) {
        auto call = std::make_shared<UnaryCall>(calls, response);
        if (!calls.add(call, standing)) call->end(wire::stoppingStatus());
        return call;
    }
    UnaryCall(OpenCalls& calls, Response* response) : m_calls(calls), m_response(response) {}

    /// Answers with what `fill(Response&)` writes, and the status that it returns. Only the one who
    /// ends the call may touch the response: gRPC frees it when the call is over.
    template <typename Fill>
    void answer(Fill fill) {
        if (m_over.exchange(true)) return;
        const grpc::Status status = fill(*m_response);
        this->Finish(status);
    }
    void end(const grpc::Status& status) override {
        answer([&](Response&) { return status; });
    }
    void fail(const Error& error) { end(wire::toGrpc(error, m_calls.stopping())); }

    /// What the core is asked with: fills the response from its value, or fails with its error.
    template <typename T, typename Fill>
    Reply<T> reply(Fill fill) {
        return [call = this->shared_from_this(), fill = std::move(fill)](Result<T> result) {
            call->m_replied = true;
            if (!result) return call->fail(result.error());
            call->answer([&](Response& response) {
                fill(*result, response);
                return grpc::Status::OK;
            });
        };
    }
    /// As reply(), for what is asked by many at once: see Answers.
    template <typename T, typename Fill>
    Reply<T> replyWithOthers(Fill fill) {
        return [answers = &m_calls.answers(), reply = reply<T>(std::move(fill))](Result<T> result) {
            answers->add(
                [reply, result = std::move(result)]() mutable { reply(std::move(result)); });
        };
    }

    /// Called once where the call is over and its reply never came. Set it before the handler
    /// returns.
    void whenAbandoned(std::function<void()> then) { m_abandoned = std::move(then); }

    void OnCancel() override {
        const auto self = this->shared_from_this();  // freed after this, also for TSan's eyes
        end({grpc::StatusCode::CANCELLED, "the caller went away"});
    }
    void OnDone() override {
        if (m_abandoned && !m_replied) std::exchange(m_abandoned, {})();
        m_calls.answers().drain();  // before the last call is gone
        m_calls.remove(this);
    }
    /// Both reactions are short and lock nothing that a caller of gRPC holds: run where they arise,
    /// a call costs no hand-over to gRPC's executor (a tenth of all that a Send takes).
    bool InternalInlineable() override { return true; }

private:
    OpenCalls& m_calls;
    Response* const m_response;
    std::atomic<bool> m_over = false;
    std::atomic<bool> m_replied = false;
    std::function<void()> m_abandoned;
};

}  // namespace hashira::rpc

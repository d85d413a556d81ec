// SPDX-License-Identifier: MIT
#include "rpc/daemon_service.h"

#include "model/uuid.h"
#include "rpc/unary_call.h"
#include "wire/front_convert.h"

#include <QCoreApplication>

#include <optional>

namespace hashira::rpc {
namespace {

template <typename Response>
std::shared_ptr<UnaryCall<Response>> start(OpenCalls& calls, Response* response,
                                           bool standing = false) {
    return UnaryCall<Response>::start(calls, response, standing);
}

/// Most answers are the status.
template <typename Response>
Reply<front::Status> statusReply(const std::shared_ptr<UnaryCall<Response>>& call) {
    return call->template reply<front::Status>([](const front::Status& status, Response& response) {
        wire::toProto(status, *response.mutable_status());
    });
}

/// Nothing where the id is one.
std::optional<Error> checkCommandId(const std::string& id) {
    if (isUuid(id)) return {};
    return invalid("command_id: must be a UUID");
}

/// What a sync can fail with that neither this daemon nor its caller is the reason of.
bool isOfLink(ErrorCode code) {
    return code != ErrorCode::kPrecondition && code != ErrorCode::kExhausted &&
           code != ErrorCode::kCancelled && code != ErrorCode::kDiskFull;
}

const char* const kNoShutdown = "this daemon ends with the program that it is a part of";
const char* const kNoAccounts = "signing in and out: not in this program";

}  // namespace

grpc::ServerUnaryReactor* DaemonService::GetStatus(Context*, const v1::GetStatusRequest*,
                                                   v1::GetStatusResponse* response) {
    const auto call = start(m_calls, response);
    m_core.status(statusReply(call));
    return call.get();
}

grpc::ServerWriteReactor<v1::WatchStatusResponse>* DaemonService::WatchStatus(
    Context*, const v1::WatchStatusRequest*) {
    return StatusWatch::start(m_calls, m_core, m_watches);
}

grpc::ServerUnaryReactor* DaemonService::SyncNow(Context*, const v1::SyncNowRequest*,
                                                 v1::SyncNowResponse* response) {
    const auto call = start(m_calls, response);
    m_core.syncNow([reply = statusReply(call)](Result<front::Status> synced) {
        // The link's own trouble, a refused token say, is told as that: the caller's is good.
        if (!synced && isOfLink(synced.error().code))
            synced = Error{ErrorCode::kUnavailable, synced.error().message};
        reply(std::move(synced));
    });
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::Pause(Context*, const v1::PauseRequest* request,
                                               v1::PauseResponse* response) {
    const auto call = start(m_calls, response);
    const auto wish = wire::fromProto(*request);
    if (wish)
        m_core.pause(*wish, statusReply(call));
    else
        call->fail(wish.error());
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::Resume(Context*, const v1::ResumeRequest*,
                                                v1::ResumeResponse* response) {
    const auto call = start(m_calls, response);
    m_core.pause({false}, statusReply(call));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::ListRejected(Context*, const v1::ListRejectedRequest*,
                                                      v1::ListRejectedResponse* response) {
    const auto call = start(m_calls, response);
    using Commands = std::vector<front::RejectedCommand>;
    m_core.listRejected(
        call->reply<Commands>([](const Commands& commands, v1::ListRejectedResponse& out) {
            for (const auto& command : commands) wire::toProto(command, *out.add_commands());
        }));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::RetryRejected(Context*,
                                                       const v1::RetryRejectedRequest* request,
                                                       v1::RetryRejectedResponse* response) {
    const auto call = start(m_calls, response);
    if (const auto bad = checkCommandId(request->command_id())) {
        call->fail(*bad);
        return call.get();
    }
    m_core.retryRejected(request->command_id(),
                         call->reply<front::Receipt>(
                             [](const front::Receipt& receipt, v1::RetryRejectedResponse& out) {
                                 wire::toProto(receipt, *out.mutable_receipt());
                             }));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::DiscardRejected(Context*,
                                                         const v1::DiscardRejectedRequest* request,
                                                         v1::DiscardRejectedResponse* response) {
    const auto call = start(m_calls, response);
    if (const auto bad = checkCommandId(request->command_id())) {
        call->fail(*bad);
        return call.get();
    }
    m_core.discardRejected(request->command_id(),
                           call->reply<front::Revision>([](const front::Revision& revision,
                                                           v1::DiscardRejectedResponse& out) {
                               wire::toProto(revision, *out.mutable_revision());
                           }));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::WaitFor(Context*, const v1::WaitForRequest* request,
                                                 v1::WaitForResponse* response) {
    const auto call = start(m_calls, response, true);
    const auto level = wire::fromProto(request->level());
    auto bad = checkCommandId(request->command_id());
    if (!bad && !level)
        bad = invalid("level: must be LEVEL_DURABLE, LEVEL_APPLIED or LEVEL_VISIBLE");
    if (bad) {
        call->fail(*bad);
        return call.get();
    }
    const std::uint64_t ticket = m_core.waitFor(
        request->command_id(), *level,
        call->reply<front::Receipt>([](const front::Receipt& receipt, v1::WaitForResponse& out) {
            wire::toProto(receipt, *out.mutable_receipt());
            out.set_reason(receipt.reason);
        }));
    call->whenAbandoned([this, ticket] { m_core.cancelWait(ticket); });
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::SignIn(Context*, const v1::SignInRequest* request,
                                                v1::SignInResponse* response) {
    const auto call = start(m_calls, response);
    if (m_account == nullptr) {
        call->end({grpc::StatusCode::UNIMPLEMENTED, kNoAccounts});
        return call.get();
    }
    const auto reply = call->reply<front::SignedIn>(
        [](const front::SignedIn& done, v1::SignInResponse& out) { wire::toProto(done, out); });
    m_account->signIn(wire::fromProto(*request), [reply](Result<front::SignedIn> done) {
        // UNAUTHENTICATED is for the local token of the caller.
        if (!done && done.error().code == ErrorCode::kUnauthenticated)
            done = Error{ErrorCode::kDenied, done.error().message};
        reply(std::move(done));
    });
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::SignOut(Context*, const v1::SignOutRequest* request,
                                                 v1::SignOutResponse* response) {
    const auto call = start(m_calls, response);
    if (m_account == nullptr)
        call->end({grpc::StatusCode::UNIMPLEMENTED, kNoAccounts});
    else
        m_account->signOut(request->leave_pending(), statusReply(call));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::RunDoctor(Context*, const v1::RunDoctorRequest*,
                                                   v1::RunDoctorResponse* response) {
    const auto call = start(m_calls, response);
    m_core.doctor(call->reply<front::DoctorReport>(
        [](const front::DoctorReport& report, v1::RunDoctorResponse& out) {
            wire::toProto(report, out);
        }));
    return call.get();
}

grpc::ServerUnaryReactor* DaemonService::Shutdown(Context*, const v1::ShutdownRequest*,
                                                  v1::ShutdownResponse* response) {
    const auto call = start(m_calls, response);
    if (!m_shutdown) {
        call->end({grpc::StatusCode::UNIMPLEMENTED, kNoShutdown});
        return call.get();
    }
    call->answer([](v1::ShutdownResponse& out) {
        out.set_process(static_cast<std::uint64_t>(QCoreApplication::applicationPid()));
        return grpc::Status::OK;
    });
    // A stop waits for calls that are not over, so for this answer too.
    m_shutdown();
    return call.get();
}

void DaemonService::statusChanged(const front::Status& status) {
    for (const auto& watch : m_watches.all()) watch->tell(status);
}

}  // namespace hashira::rpc

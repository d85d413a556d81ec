// SPDX-License-Identifier: MIT
#include "frontend/grpc_client.h"

#include "frontend/files.h"
#include "frontend/grpc_convert.h"

#include "base/path.h"

#include "hashira/v1/daemon.grpc.pb.h"
#include "hashira/v1/hashira.grpc.pb.h"

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace hashira::frontend {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

/// Design §9: without a daemon the CLI ends within two seconds.
constexpr int kConnectMs = 1'800;
/// A daemon that is there answers; this only ends a wait for one that hangs.
constexpr int kCallMs = 60'000;
/// Sync and doctor talk to the datastore.
constexpr int kLongCallMs = 600'000;
/// A local token has 43 characters; a file that goes on is none.
constexpr std::size_t kTokenBytes = 4'096;

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

class GrpcClient final : public Client {
public:
    explicit GrpcClient(Endpoint endpoint) : m_endpoint(std::move(endpoint)) {}

    Status connect(int withinMs) override { return reach(withinMs, true); }

    Result<front::SendReply> send(const std::vector<OutCommand>& commands) override {
        v1::SendResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_hashira->Send(&context, toSendRequest(commands), &response);
        });
        if (!called) return called.error();
        front::SendReply reply;
        for (const v1::Receipt& receipt : response.receipts())
            reply.receipts.push_back(fromReceipt(receipt));
        reply.revision = fromRevision(response.revision());
        return reply;
    }

    Status retrieve(const RetrieveQuery& query, const std::function<void(Piece)>& take) override {
        return call(kLongCallMs, [&](grpc::ClientContext& context) {
            const auto reader = m_hashira->Retrieve(&context, toRetrieveRequest(query));
            v1::RetrieveResponse response;
            while (reader->Read(&response)) take(fromPiece(response));
            return reader->Finish();
        });
    }

    Status subscribe(const std::optional<front::Revision>& since,
                     const std::function<bool(const Note&)>& take) override {
        v1::SubscribeRequest request;
        if (since) toRevision(*since, request.mutable_since());
        return follow<v1::Notification>(
            [&](grpc::ClientContext& context) { return m_hashira->Subscribe(&context, request); },
            [&](const v1::Notification& one) { return take(fromNotification(one)); });
    }

    Status watchStatus(const std::function<bool(front::Status)>& take) override {
        return follow<v1::WatchStatusResponse>(
            [&](grpc::ClientContext& context) { return m_daemon->WatchStatus(&context, {}); },
            [&](const v1::WatchStatusResponse& one) { return take(fromStatus(one.status())); });
    }

    Result<front::Status> status() override {
        v1::GetStatusResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->GetStatus(&context, {}, &response);
        });
        return statusOf(called, response);
    }

    Result<front::Status> syncNow() override {
        v1::SyncNowResponse response;
        m_ownUnavailable = true;
        const Status called = call(kLongCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->SyncNow(&context, {}, &response);
        });
        m_ownUnavailable = false;
        return statusOf(called, response);
    }

    Result<front::Status> pause(const std::string& until) override {
        v1::PauseRequest request;
        request.set_until(until);
        v1::PauseResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->Pause(&context, request, &response);
        });
        return statusOf(called, response);
    }

    Result<front::Status> resume() override {
        v1::ResumeResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->Resume(&context, {}, &response);
        });
        return statusOf(called, response);
    }

    Result<std::vector<front::RejectedCommand>> rejected() override {
        v1::ListRejectedResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->ListRejected(&context, {}, &response);
        });
        if (!called) return called.error();
        std::vector<front::RejectedCommand> all;
        for (const v1::RejectedCommand& one : response.commands()) all.push_back(fromRejected(one));
        return all;
    }

    Result<front::Receipt> retryRejected(const std::string& commandId) override {
        v1::RetryRejectedRequest request;
        request.set_command_id(commandId);
        v1::RetryRejectedResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->RetryRejected(&context, request, &response);
        });
        if (!called) return called.error();
        return fromReceipt(response.receipt());
    }

    Result<front::Revision> discardRejected(const std::string& commandId) override {
        v1::DiscardRejectedRequest request;
        request.set_command_id(commandId);
        v1::DiscardRejectedResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->DiscardRejected(&context, request, &response);
        });
        if (!called) return called.error();
        return fromRevision(response.revision());
    }

    Result<front::Receipt> waitFor(const std::string& commandId, front::Level level,
                                   std::int64_t timeoutMs) override {
        v1::WaitForRequest request;
        request.set_command_id(commandId);
        request.set_level(static_cast<v1::Level>(level));
        v1::WaitForResponse response;
        const Status called =
            call(std::max<std::int64_t>(timeoutMs, 1), [&](grpc::ClientContext& context) {
                return m_daemon->WaitFor(&context, request, &response);
            });
        if (!called) return called.error();
        front::Receipt receipt = fromReceipt(response.receipt());
        receipt.reason = response.reason();
        return receipt;
    }

    Result<front::DoctorReport> doctor() override {
        v1::RunDoctorResponse response;
        const Status called = call(kLongCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->RunDoctor(&context, {}, &response);
        });
        if (!called) return called.error();
        front::DoctorReport report;
        report.findings.assign(response.findings().begin(), response.findings().end());
        report.weeksCompared = response.weeks_compared();
        report.weeksDiffered = response.weeks_differed();
        report.datastoreAsked = response.datastore_asked();
        report.healthy = response.healthy();
        return report;
    }

    Result<front::SignedIn> signIn(const front::SignIn& wanted) override {
        v1::SignInResponse response;
        m_ownUnavailable = true;
        const Status called = call(kLongCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->SignIn(&context, toSignInRequest(wanted), &response);
        });
        m_ownUnavailable = false;
        if (!called) return called.error();
        return front::SignedIn{fromStatus(response.status()), response.account(), response.adopts(),
                               response.leaves()};
    }

    Result<front::Status> signOut(bool leavePending) override {
        v1::SignOutRequest request;
        request.set_leave_pending(leavePending);
        v1::SignOutResponse response;
        const Status called = call(kLongCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->SignOut(&context, request, &response);
        });
        return statusOf(called, response);
    }

    Result<std::uint64_t> shutDown() override {
        v1::ShutdownResponse response;
        const Status called = call(kCallMs, [&](grpc::ClientContext& context) {
            return m_daemon->Shutdown(&context, {}, &response);
        });
        if (!called) return called.error();
        return response.process();
    }

    void rest(int ms) override {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, milliseconds(ms), [this] { return m_cancelled.load(); });
    }

    void cancel() override {
        const std::lock_guard lock(m_mutex);
        m_cancelled = true;
        m_changed.notify_all();
        if (m_running != nullptr) m_running->TryCancel();
    }

    bool cancelled() const override { return m_cancelled; }

private:
    template <typename Response>
    static Result<front::Status> statusOf(const Status& called, const Response& response) {
        if (!called) return called.error();
        return fromStatus(response.status());
    }

    /// Reads a stream that has no end of its own.
    template <typename Message, typename Open, typename Take>
    Status follow(const Open& open, const Take& take) {
        bool enough = false;
        const Status called = call(0, [&](grpc::ClientContext& context) {
            const auto reader = open(context);
            Message message;
            while (!enough && reader->Read(&message)) enough = !take(message);
            if (enough) context.TryCancel();
            return reader->Finish();
        });
        if (enough || m_cancelled) return {};
        if (called) return Error{ErrorCode::kUnavailable, "the daemon has ended"};
        return called;
    }

    void open() {
        if (m_channel != nullptr) return;
        grpc::ChannelArguments arguments;
        arguments.SetMaxReceiveMessageSize(-1);
        arguments.SetMaxSendMessageSize(-1);
        // Whoever waits for a daemon to come back wants it soon.
        arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
        arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
        arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
        // The proxies of the environment are not for this machine's own daemon.
        arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
        m_channel =
            grpc::CreateCustomChannel(isTcp() ? m_endpoint.address.substr(4) : m_endpoint.address,
                                      grpc::InsecureChannelCredentials(), arguments);
        m_hashira = v1::Hashira::NewStub(m_channel);
        m_daemon = v1::Daemon::NewStub(m_channel);
    }

    /// Read for each call: it is another one after each start of the daemon.
    std::string localToken() const {
        if (!isTcp()) return {};
        return trimmed(readFile(toPath(m_endpoint.tokenFile), kTokenBytes).value_or(std::string()));
    }

    bool isTcp() const { return m_endpoint.address.rfind("tcp:", 0) == 0; }

    /// Until the channel is ready. Not patient: the first failure to connect ends it.
    Status reach(int withinMs, bool patient) {
        open();
        const auto deadline = system_clock::now() + milliseconds(withinMs);
        while (!m_cancelled) {
            const grpc_connectivity_state state = m_channel->GetState(true);
            if (state == GRPC_CHANNEL_READY) return {};
            if (state == GRPC_CHANNEL_TRANSIENT_FAILURE && !patient) break;
            // In short steps, so that cancel() is seen.
            const auto step = std::min(deadline, system_clock::now() + milliseconds(100));
            m_channel->WaitForStateChange(state, step);
            if (system_clock::now() >= deadline) break;
        }
        return Error{ErrorCode::kUnavailable, ""};
    }

    template <typename Function>
    Status call(std::int64_t timeoutMs, Function function) {
        if (const Status reached = reach(kConnectMs, false); !reached) return reached.error();
        grpc::ClientContext context;
        if (timeoutMs > 0) context.set_deadline(system_clock::now() + milliseconds(timeoutMs));
        if (const std::string token = localToken(); !token.empty())
            context.AddMetadata("authorization", "Bearer " + token);
        // A subscription retrieves while it runs: then that call is the one outside.
        grpc::ClientContext* outer = nullptr;
        {
            const std::lock_guard lock(m_mutex);
            if (m_cancelled) return Error{ErrorCode::kCancelled, "cancelled"};
            outer = std::exchange(m_running, &context);
        }
        const grpc::Status status = function(context);
        {
            const std::lock_guard lock(m_mutex);
            m_running = outer;
            if (m_cancelled && outer != nullptr) outer->TryCancel();
        }
        return toStatus(status);
    }

    Status toStatus(const grpc::Status& status) const {
        const std::string& words = status.error_message();
        switch (status.error_code()) {
            case grpc::StatusCode::OK: return {};
            case grpc::StatusCode::CANCELLED:  // also what a daemon that is stopping answers
            case grpc::StatusCode::UNAVAILABLE:
                // Sync answers so itself where the datastore is away; then the channel still
                // stands.
                if (m_ownUnavailable && m_channel->GetState(false) == GRPC_CHANNEL_READY)
                    return Error{ErrorCode::kPrecondition, words};
                return Error{ErrorCode::kUnavailable,
                             "the daemon went away before it answered; try again when it runs"};
            case grpc::StatusCode::UNAUTHENTICATED:
                return Error{ErrorCode::kUnauthenticated,
                             "the daemon wants its local token, and " + m_endpoint.tokenFile +
                                 " does not hold it; name the file with --local-token-file"};
            case grpc::StatusCode::DEADLINE_EXCEEDED:
                return Error{ErrorCode::kDeadline, "the daemon did not answer in time"};
            case grpc::StatusCode::UNIMPLEMENTED:
                return Error{ErrorCode::kPrecondition,
                             "this daemon does not know that; it may be older than this program"};
            case grpc::StatusCode::INVALID_ARGUMENT: return Error{ErrorCode::kInvalid, words};
            case grpc::StatusCode::NOT_FOUND: return Error{ErrorCode::kNotFound, words};
            case grpc::StatusCode::RESOURCE_EXHAUSTED: return Error{ErrorCode::kExhausted, words};
            case grpc::StatusCode::FAILED_PRECONDITION:
                return Error{ErrorCode::kPrecondition, words};
            default:
                return Error{ErrorCode::kInternal,
                             words.empty()
                                 ? "the daemon failed without saying why; its log may tell"
                                 : words};
        }
    }

    const Endpoint m_endpoint;
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<v1::Hashira::Stub> m_hashira;
    std::unique_ptr<v1::Daemon::Stub> m_daemon;
    bool m_ownUnavailable = false;

    std::mutex m_mutex;  ///< guards m_running
    grpc::ClientContext* m_running = nullptr;
    std::condition_variable m_changed;  ///< of m_cancelled
    std::atomic<bool> m_cancelled = false;
};

}  // namespace

std::unique_ptr<Client> makeGrpcClient(const Endpoint& endpoint) {
    // What gRPC logs is for those who look for faults in it; a person reads our own words.
    if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
    return std::make_unique<GrpcClient>(endpoint);
}

}  // namespace hashira::frontend

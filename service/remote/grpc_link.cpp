// SPDX-License-Identifier: MIT
#include "base/limits.h"
#include "base/path.h"
#include "remote/calls.h"
#include "remote/link.h"
#include "remote/system_roots.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace hashira::remote {
namespace {

grpc::ChannelArguments arguments() {
    grpc::ChannelArguments arguments;
    // A dead link is found also while nobody calls.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, limits::kLinkQuietMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits::kLinkAnswerMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // When to try again is the engine's to say, and each attempt has a fresh channel: one that
    // failed must not try by itself until it is let go of. (The "minimum" is gRPC's name for the
    // limit of time of one connect.)
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, limits::kBackoffMostMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, limits::kBackoffMostMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
    // Else gRPC tries a call again by itself, at once, for as long as each connection is closed
    // with GOAWAY.
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    // A channel of our own: a shared one would bring the backoff of the last attempt.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytes));
    return arguments;
}

/// gRPC refuses other bytes in metadata with a message that nobody understands.
bool isPlain(const std::string& token) {
    return !token.empty() &&
           std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

class GrpcLink final : public Link {
public:
    GrpcLink(const LinkSettings& settings, Post post) : m_settings(settings) {
        m_setup.post = std::move(post);
        m_setup.inflight = std::make_shared<Inflight>();
        m_setup.target = settings.url.target;
        m_setup.token = settings.token;
        m_setup.open = std::make_shared<bool>(true);
        makeCredentials();
    }

    ~GrpcLink() override {
        close();
        m_setup.inflight->wait();
    }

    void watch(sync::WatchRequest request, WatchHandlers handlers) override {
        abandonWatch();
        m_watch.alive = std::make_shared<bool>(true);
        if (m_broken) return refuse(m_watch.alive, std::move(handlers.ended));
        // A fresh channel: it connects at once, whatever became of the last one.
        connect();
        m_watch = startWatch(m_setup, request, std::move(handlers));
    }

    void apply(sync::ApplyRequest request,
               std::function<void(Result<sync::ApplyResponse>)> reply) override {
        if (m_broken) return refuse(m_setup.open, std::move(reply));
        startApply(connected(), std::move(request), std::move(reply));
    }

    void push(sync::PushRequest request,
              std::function<void(Result<sync::PushResponse>)> reply) override {
        if (m_broken) return refuse(m_setup.open, std::move(reply));
        startPush(connected(), std::move(request), std::move(reply));
    }

    void fetch(sync::FetchRequest request, FetchHandlers handlers) override {
        if (m_broken) return refuse(m_setup.open, std::move(handlers.ended));
        startFetch(connected(), request, std::move(handlers));
    }

    void close() override {
        *m_setup.open = false;
        m_setup.open = std::make_shared<bool>(true);
        m_setup.inflight->abandonAll();
        m_watch = {};
        // gRPC's own threads end with the last channel, and join themselves where it is let go of
        // on one of them: so the calls that are still ending must not hold the last reference.
        if (m_setup.stub) m_closed = std::move(m_setup.stub);
    }

private:
    void makeCredentials() {
        if (!isPlain(m_settings.token))
            m_broken =
                Error{ErrorCode::kUnauthenticated,
                      m_settings.token.empty() ? "there is no access token"
                                               : "the access token has characters that none has"};
        if (!m_settings.url.tls) {
            m_credentials = grpc::InsecureChannelCredentials();
            return;
        }
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = m_settings.caCertificate;
        if (m_settings.caFile.empty() && m_settings.caCertificate.empty())
            options.pem_root_certs = systemRoots();
        if (!m_settings.caFile.empty()) {
            const std::ifstream file(toPath(m_settings.caFile), std::ios::binary);
            std::ostringstream text;
            text << file.rdbuf();
            options.pem_root_certs = text.str();
            if (options.pem_root_certs.empty())
                m_broken =
                    Error{ErrorCode::kDenied, "cannot read the CA file " + m_settings.caFile};
        }
        m_credentials = grpc::SslCredentials(options);
    }

    void connect() {
        const auto channel = grpc::CreateCustomChannel(m_setup.target, m_credentials, arguments());
        m_setup.stub = v1::Datastore::NewStub(channel);
    }

    const CallSetup& connected() {
        if (!m_setup.stub) connect();
        return m_setup;
    }

    void abandonWatch() {
        if (!m_watch.alive) return;
        *m_watch.alive = false;
        m_setup.inflight->abandon(m_watch.id);
        m_watch = {};
    }

    /// Answers with what is wrong with the settings, never from within a member.
    template <typename Handler>
    void refuse(const Alive& alive, Handler handler) {
        m_setup.post([open = m_setup.open, alive, handler = std::move(handler), error = *m_broken] {
            if (*open && *alive) handler(error);
        });
    }

    const LinkSettings m_settings;
    std::optional<Error> m_broken;
    std::shared_ptr<grpc::ChannelCredentials> m_credentials;
    CallSetup m_setup;
    std::shared_ptr<v1::Datastore::Stub> m_closed;  ///< outlives the calls of the closed link
    Ticket m_watch;
};

}  // namespace

std::unique_ptr<Link> makeGrpcLink(const LinkSettings& settings, Post post) {
    return std::make_unique<GrpcLink>(settings, std::move(post));
}

}  // namespace hashira::remote

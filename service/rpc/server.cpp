// SPDX-License-Identifier: MIT
#include "rpc/server.h"

#include "base/limits.h"
#include "rpc/daemon_service.h"
#include "rpc/hashira_service.h"
#include "rpc/local_token.h"
#include "wire/library.h"
#ifndef _WIN32
#include "rpc/unix_listener.h"
#endif

#ifdef HASHIRA_REFLECTION
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#endif
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <mutex>

namespace hashira::rpc {
namespace {

/// Above the limit of a Send, so that it is we who say what was too large, not gRPC.
constexpr int kReceiveBytes = static_cast<int>(limits::kSendBytes) + 1024 * 1024;
/// A client may ask this often whether we are alive.
constexpr int kPingIntervalMs = 5'000;

/// Only a bug would let a call outlast gRPC's shutdown: rather go on than wait for ever.
constexpr int kDoneMs = 5'000;

/// Health and reflection are plugins that gRPC adds to every server built later in this process.
void enablePlugins() {
    static std::once_flag once;
    std::call_once(once, [] {
        grpc::EnableDefaultHealthCheckService(true);
#ifdef HASHIRA_REFLECTION
        grpc::reflection::InitProtoReflectionServerBuilderPlugin();
#endif
    });
}

/// Reflection is gRPC's one service with threads of its own: it gets one.
void setOptions(grpc::ServerBuilder& builder) {
    using Sync = grpc::ServerBuilder::SyncServerOption;
    builder.SetSyncServerOption(Sync::NUM_CQS, 1);
    builder.SetSyncServerOption(Sync::MIN_POLLERS, 1);
    builder.SetSyncServerOption(Sync::MAX_POLLERS, 1);
    builder.SetSyncServerOption(Sync::CQ_TIMEOUT_MSEC, 3'600'000);
    builder.SetMaxReceiveMessageSize(kReceiveBytes);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kPingIntervalMs);
    // Else a second daemon on the same port starts, and takes half of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

struct Server::Impl {
    Impl(const ServerSettings& settings, CorePort& core, AccountPort* account)
        : hashira(calls, core), daemon(calls, core, account, settings.shutdown) {}

    Status listen(grpc::ServerBuilder& builder, const ServerSettings& settings);
    Status listenUnix(grpc::ServerBuilder& builder);
    Status listenTcp(grpc::ServerBuilder& builder, const std::string& tokenFile);
    void acceptConnections();

    OpenCalls calls;
    HashiraService hashira;
    DaemonService daemon;
    Endpoint endpoint;
    int port = 0;
#ifndef _WIN32
    std::unique_ptr<UnixListener> listener;
    std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
#endif
    std::unique_ptr<grpc::Server> server;
};

Status Server::Impl::listen(grpc::ServerBuilder& builder, const ServerSettings& settings) {
    endpoint = settings.endpoint;
    return endpoint.kind == Endpoint::Kind::kUnix ? listenUnix(builder)
                                                  : listenTcp(builder, settings.tokenFile);
}

#ifndef _WIN32
Status Server::Impl::listenUnix(grpc::ServerBuilder& builder) {
    auto opened = UnixListener::open(endpoint.path);
    if (!opened) return opened.error();
    listener = std::move(*opened);
    using Experimental = grpc::ServerBuilder::experimental_type;
    acceptor = builder.experimental().AddExternalConnectionAcceptor(
        Experimental::ExternalConnectionType::FROM_FD, grpc::InsecureServerCredentials());
    return {};
}

void Server::Impl::acceptConnections() {
    if (!listener) return;
    listener->start([this](int fd) {
        grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
        connection.listener_fd = -1;
        connection.fd = fd;
        acceptor->HandleNewConnection(&connection);
    });
}
#else
Status Server::Impl::listenUnix(grpc::ServerBuilder&) {
    return invalid("Unix domain sockets are not supported on Windows: use tcp:127.0.0.1:0");
}
void Server::Impl::acceptConnections() {}
#endif

Status Server::Impl::listenTcp(grpc::ServerBuilder& builder, const std::string& tokenFile) {
    const auto checked = Endpoint::parse(endpoint.text());
    if (!checked) return checked.error();
    endpoint = *checked;
    auto token = writeFreshToken(tokenFile);
    if (!token) return token.error();
    builder.AddListeningPort(endpoint.text().substr(4), tokenCredentials(std::move(*token)), &port);
    return {};
}

Server::Server(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Server::~Server() {
    stop(0);
}

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings, CorePort& core,
                                              AccountPort* account) {
    wire::keepLibrary();
    enablePlugins();
    auto impl = std::make_unique<Impl>(settings, core, account);
    grpc::ServerBuilder builder;
    setOptions(builder);
    if (Status listening = impl->listen(builder, settings); !listening) return listening.error();
    builder.RegisterService(&impl->hashira);
    builder.RegisterService(&impl->daemon);
    impl->server = builder.BuildAndStart();
    const bool tcp = impl->endpoint.kind == Endpoint::Kind::kTcp;
    if (!impl->server || (tcp && impl->port == 0))
        return Error{ErrorCode::kBusy, "cannot listen on " + impl->endpoint.text() +
                                           (tcp ? ": the port is in use, or not allowed" : "")};
    if (tcp) impl->endpoint.port = static_cast<std::uint16_t>(impl->port);
    auto* health = impl->server->GetHealthCheckService();
    health->SetServingStatus("hashira.v1.Hashira", true);
    health->SetServingStatus("hashira.v1.Daemon", true);
    impl->acceptConnections();
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Endpoint Server::endpoint() const {
    return m_impl->endpoint;
}

void Server::holdAnswers() {
    m_impl->calls.answers().hold();
}

void Server::releaseAnswers() {
    m_impl->calls.answers().release();
}

void Server::notify(const front::Notice& notice) {
    m_impl->hashira.notify(notice);
}

void Server::statusChanged(const front::Status& status) {
    m_impl->daemon.statusChanged(status);
}

void Server::stop(int graceMs) {
    if (!m_impl->server) return;
#ifndef _WIN32
    if (m_impl->listener) m_impl->listener->stop();
#endif
    // gRPC's own shutdown uses up its whole deadline while any client is connected and does not
    // look, so that the waiting is done here, for calls, and its deadline is now.
    m_impl->calls.stop();
    m_impl->calls.waitNone(graceMs);
    m_impl->calls.endAll();
    m_impl->server->Shutdown(std::chrono::system_clock::now());
    // At once: Shutdown returns when gRPC is done with the last call. The services outlive all
    // calls.
    m_impl->calls.waitNone(kDoneMs);
    m_impl->server.reset();
}

}  // namespace hashira::rpc

// SPDX-License-Identifier: MIT
#include "datastore/service.h"

#include "datastore/accounts.h"
#include "datastore/backend.h"
#include "datastore/calls.h"
#include "datastore/connections.h"
#include "datastore/limits.h"
#include "datastore/service_health.h"
#include "datastore/service_observer.h"
#include "datastore/service_tls.h"
#include "datastore/sweeper.h"
#include "datastore/tcp_listener.h"
#include "wire/library.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace hashira::datastore {
namespace {

/// Fetches run beside each other, so that a slow client does not hold up the others.
constexpr int kReaders = 4;
/// SQLite has one writer at a time. On PostgreSQL so many accounts commit side by side; more would
/// wait for the same disk, and each is a process of the server.
constexpr int kSqliteWriters = 1;
constexpr int kPostgresqlWriters = 8;
/// How soon a stream ends after its token was revoked.
constexpr std::chrono::seconds kTokenCheck(5);
/// Calls under way have this long to finish when the server stops.
constexpr std::chrono::milliseconds kGrace(2'000);
/// Between two streams that end in a drain, where there is time: so the other replicas, or this one
/// after its restart, greet 200 daemons a second and no more.
constexpr std::chrono::milliseconds kBetweenEnds(5);
constexpr std::chrono::milliseconds kLookAtCalls(5);

void configure(grpc::ServerBuilder& builder) {
    builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kRequestBytes));
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits::kHeaderBytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits::kStreamsOfConnection);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits::kHandshakeMs);
    builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, limits::kReadBytes);
    builder.AddChannelArgument(GRPC_ARG_TCP_READ_CHUNK_SIZE, limits::kReadBytes);
    // Daemons ping (kLinkQuietMs) also while nothing is said; gRPC's default takes that for abuse.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    // And a daemon that vanished is forgotten.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, limits::kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits::kKeepaliveTimeoutMs);
}

/// Ends the streams whose token is not known any more. An error: the database does not answer.
Status checkTokens(Desk& desk, Broadcaster& broadcaster) {
    auto tokens = broadcaster.tokens();
    tokens.emplace_back();  // nobody's: the database is asked also while nobody watches
    const auto revoked = accounts::unknownTokens(desk.database(), tokens);
    if (!revoked) return revoked.error();
    for (const std::string& tokenHash : *revoked)
        broadcaster.end(tokenHash, {ErrorCode::kUnauthenticated, "the access token was revoked"});
    return {};
}

Status openBackend(Backend& backend, Health& health, const ServerSettings& settings,
                   const Clock& clock) {
    backend.version = settings.version;
    backend.accountBytes = settings.accountBytes;
    const bool sqlite = !settings.database.path.empty();
    Worker::Settings worker;
    worker.database = settings.database;
    worker.threads = sqlite ? kSqliteWriters : kPostgresqlWriters;
    worker.notes = Desk::Notes::kKeep;
    auto writers = Worker::start(worker, clock, backend.tokens);
    if (!writers) return writers.error();
    backend.writers = std::move(*writers);
    if (!sqlite) {
        auto replicas = Replicas::start(settings.database, backend.broadcaster, *settings.log);
        if (!replicas) return replicas.error();
        backend.replicas = std::move(*replicas);
    }
    worker.threads = kReaders;
    worker.notes = Desk::Notes::kNone;
    auto readers = Worker::start(worker, clock, backend.tokens);
    if (!readers) return readers.error();
    backend.readers = std::move(*readers);
    backend.writers->every(kTokenCheck, [&backend, &health, &clock](Desk& desk) {
        health.database(checkTokens(desk, backend.broadcaster), clock.steadyMs());
    });
    return {};
}

/// SQLite's file and the log beside it.
std::uint64_t bytesOf(const std::string& file) {
    std::uint64_t sum = 0;
    for (const char* end : {"", "-wal"}) {
        std::error_code error;
        const auto size = std::filesystem::file_size(file + end, error);
        if (!error) sum += size;
    }
    return sum;
}

}  // namespace

/// Destroyed from the last to the first: the server before the calls, these before what they use.
struct Server::Impl {
    explicit Impl(std::shared_ptr<Log> itsLog) : log(std::move(itsLog)), health(*log) {}

    std::shared_ptr<Log> log;
    Health health;
    std::string databaseFile;  ///< SQLite's
    Endpoint endpoint;
    Backend backend;
    std::unique_ptr<Sweeper> sweeper;  ///< nothing where all is kept for ever
    std::unique_ptr<Certificate> certificate;
    /// gRPC calls back into them for as long as the server is.
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    std::unique_ptr<Calls> calls;
    std::unique_ptr<TcpListener> listener;
    std::unique_ptr<Connections> connections;
    std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
    std::unique_ptr<grpc::Server> server;

    Status listen(grpc::ServerBuilder& builder);
    void accept();

    /// Calls that have an end of their own.
    std::int64_t underWay() {
        std::int64_t sum = 0;
        for (const Method method : {Method::kApply, Method::kFetch, Method::kPush})
            sum += backend.metrics.of(method).open.value();
        return sum;
    }
};

Status Server::Impl::listen(grpc::ServerBuilder& builder) {
    auto opened = TcpListener::open(endpoint);
    if (!opened) return opened.error();
    listener = std::move(*opened);
    endpoint.port = listener->port();
    connections = std::make_unique<Connections>(endpoint.port, *log);
    using Experimental = grpc::ServerBuilder::experimental_type;
    acceptor = builder.experimental().AddExternalConnectionAcceptor(
        Experimental::ExternalConnectionType::FROM_FD, credentials);
    return {};
}

void Server::Impl::accept() {
    listener->start([this](int fd) {
        connections->accepted(fd);
        grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
        connection.fd = fd;
        acceptor->HandleNewConnection(&connection);
    });
}

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings, const Clock& clock) {
    if (!settings.endpoint.loopback() && !settings.tls)
        return Error{ErrorCode::kDenied,
                     "refusing to listen on " + settings.endpoint.target() +
                         ": beyond loopback the datastore needs TLS; give --tls-cert and "
                         "--tls-key, or listen on 127.0.0.1"};
    auto impl = std::make_unique<Impl>(settings.log);
    impl->databaseFile = settings.database.path;
    impl->endpoint = settings.endpoint;
    if (settings.tls) {
        auto certificate = Certificate::load(*settings.tls, *settings.log, clock);
        if (!certificate) return certificate.error();
        impl->certificate = std::move(*certificate);
        impl->credentials = tlsCredentials(*impl->certificate);
    }
    if (const Status opened = openBackend(impl->backend, impl->health, settings, clock); !opened)
        return opened.error();
    impl->calls = std::make_unique<Calls>(impl->backend);
    wire::keepLibrary();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    configure(builder);
    if (const Status listening = impl->listen(builder); !listening) return listening.error();
    builder.RegisterService(impl->calls.get());
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> observers;
    observers.push_back(
        callObserver(impl->backend.metrics, *impl->connections, impl->backend.leave, *impl->log));
    builder.experimental().SetInterceptorCreators(std::move(observers));
    impl->server = builder.BuildAndStart();
    if (!impl->server) return Error{ErrorCode::kInternal, "gRPC's server does not start"};
    impl->health.attach(*impl->server, impl->backend.metrics);
    impl->accept();
    if (settings.retention)
        impl->sweeper =
            std::make_unique<Sweeper>(impl->backend, *settings.retention, *settings.log);
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Server::~Server() {
    if (m_impl->sweeper) m_impl->sweeper->halt();
    m_impl->health.detach();
    m_impl->listener->stop();
    m_impl->backend.broadcaster.endAll({ErrorCode::kUnavailable, "the datastore is stopping"});
    m_impl->server->Shutdown(std::chrono::system_clock::now() + kGrace);
    m_impl->server->Wait();
}

void Server::drain(std::chrono::milliseconds most) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    if (m_impl->sweeper) m_impl->sweeper->halt();
    m_impl->health.drain();
    auto watchers = m_impl->backend.broadcaster.all();
    const auto count = static_cast<std::int64_t>(watchers.size());
    const std::chrono::milliseconds spread = std::min(most, count * kBetweenEnds);
    m_impl->backend.leave.begin(spread);
    m_impl->log->info("draining", {{"watchers", count}, {"ms", spread.count()}});
    for (std::int64_t i = 0; i < count; ++i) {
        std::this_thread::sleep_until(begin + spread * i / count);
        const auto watcher = std::move(watchers[static_cast<std::size_t>(i)]);
        watcher->end(m_impl->backend.leave.error());
    }
    while (m_impl->underWay() > 0 && Clock::now() < begin + most)
        std::this_thread::sleep_for(kLookAtCalls);
    m_impl->log->info("drained", {{"calls_left", m_impl->underWay()}});
}

Endpoint Server::endpoint() const {
    return m_impl->endpoint;
}

std::string Server::metricsText() const {
    MetricsText text;
    m_impl->backend.metrics.write(text);
    text.family("hashira_build_info", "gauge", "1, with the version.");
    text.sample("version=\"" + m_impl->backend.version + '"', std::int64_t(1));
    const std::pair<const char*, Worker*> queues[] = {
        {"queue=\"write\"", m_impl->backend.writers.get()},
        {"queue=\"read\"", m_impl->backend.readers.get()}};
    text.family("hashira_database_connections", "gauge", "Connections to the database.");
    for (const auto& [label, worker] : queues)
        text.sample(label, std::uint64_t(worker->connections()));
    text.family("hashira_busy_connections", "gauge", "Of them, those that serve a call now.");
    for (const auto& [label, worker] : queues) text.sample(label, std::uint64_t(worker->busy()));
    text.family("hashira_waiting_jobs", "gauge", "Calls that wait for a database connection.");
    for (const auto& [label, worker] : queues) text.sample(label, std::uint64_t(worker->waiting()));
    text.family("hashira_turned_away_connections_total", "counter",
                "Connections that were cut: descriptors ran out, or they took too much.");
    text.sample({}, m_impl->listener->turnedAway() + m_impl->connections->cut());
    if (m_impl->certificate) {
        text.family("hashira_certificate_not_after_seconds", "gauge",
                    "When the certificate shown to new connections expires, since 1970.");
        text.sample({}, m_impl->certificate->pair()->notAfterMs / 1'000);
    }
    if (!m_impl->databaseFile.empty()) {
        text.family("hashira_database_bytes", "gauge", "What the database's files take on disk.");
        text.sample({}, bytesOf(m_impl->databaseFile));
    }
    writeProcessMetrics(text);
    return text.take();
}

Certificate* Server::certificate() {
    return m_impl->certificate.get();
}

}  // namespace hashira::datastore

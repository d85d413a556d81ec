// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include "base/limits.h"
#include "daemon/core_thread.h"
#include "daemon/data_dir.h"
#include "rpc/server.h"

#include <optional>
#include <utility>

namespace hashira::daemon {
namespace {

/// How long calls under way may take when the daemon stops: longer than any commit, shorter than
/// the patience of a session that ends.
constexpr int kGraceMs = 1'000;

CoreSettings coreSettings(const Settings& settings,
                          const std::optional<remote::DatastoreUrl>& url) {
    CoreSettings core;
    core.dataDir = settings.dataDir;
    core.weeksKept = settings.weeksKept > 0 ? settings.weeksKept : limits::kWeeksKeptDefault;
    core.sync.configured = url.has_value();
    core.sync.loopback = url && url->loopback;
    core.sync.syncIntervalMs =
        settings.syncIntervalMs > 0 ? settings.syncIntervalMs : limits::kSyncIntervalMs;
    core.datastoreUrl = settings.datastore;
    core.version = settings.version;
    return core;
}

MakeLink linkMaker(const Settings& settings, const std::optional<remote::DatastoreUrl>& url) {
    if (!url) return [](const remote::Post&) { return nullptr; };
    return [link = remote::LinkSettings{*url, settings.token, settings.caFile}](remote::Post post) {
        return remote::makeGrpcLink(link, std::move(post));
    };
}

/// The lock is of the data directory; two of these can share one socket's path.
Status checkFree(const rpc::Endpoint& endpoint) {
    if (endpoint.kind != rpc::Endpoint::Kind::kUnix || !isSocketAlive(endpoint.path)) return {};
    return Error{ErrorCode::kBusy, "another program listens on " + endpoint.text() +
                                       ": stop it first, or choose another --listen"};
}

}  // namespace

// Freed from the last to the first: the server before the core that it asks, the lock last.
struct Daemon::Parts {
    std::unique_ptr<DataDir> directory;
    std::unique_ptr<CoreThread> core;
    std::unique_ptr<rpc::Server> server;
};

Daemon::Daemon(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

Daemon::~Daemon() {
    stop();
}

Result<std::unique_ptr<Daemon>> Daemon::start(const Settings& settings, const Clock& clock) {
    const auto endpoint = rpc::Endpoint::parse(settings.listen);
    if (!endpoint) return endpoint.error();
    std::optional<remote::DatastoreUrl> url;
    if (!settings.datastore.empty()) {
        auto parsed = remote::DatastoreUrl::parse(settings.datastore);
        if (!parsed) return parsed.error();
        url = std::move(*parsed);
    }
    auto parts = std::make_unique<Parts>();
    auto directory = DataDir::lock(settings.dataDir);
    if (!directory) return directory.error();
    parts->directory = std::move(*directory);
    if (Status free = checkFree(*endpoint); !free) return free.error();

    parts->core =
        std::make_unique<CoreThread>(coreSettings(settings, url), clock, linkMaker(settings, url));
    if (Status opened = parts->core->open(); !opened) return opened.error();
    auto server = rpc::Server::start({*endpoint, settings.dataDir + "/local-token"}, *parts->core);
    if (!server) return server.error();
    parts->server = std::move(*server);
    parts->core->announceTo(*parts->server);
    parts->core->begin();
    return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

std::string Daemon::endpoint() const {
    return m_parts->server->endpoint().text();
}

rpc::CorePort& Daemon::port() {
    return *m_parts->core;
}

void Daemon::tellStatus(std::function<void(const front::Status&)> listener) {
    m_parts->core->tellStatus(std::move(listener));
}

void Daemon::stop() {
    if (!m_parts) return;
    m_parts->server->stop(kGraceMs);
    m_parts->core->stop();
    // The core's thread told the server of changes to its very end.
    m_parts.reset();
}

}  // namespace hashira::daemon

// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include "base/limits.h"
#include "daemon/accounts.h"
#include "daemon/core_thread.h"
#include "daemon/data_dir.h"
#include "daemon/platform.h"
#include "rpc/server.h"

#include <optional>
#include <utility>

namespace hashira::daemon {
namespace {

/// How long calls under way may take when the daemon stops: longer than any commit, shorter than
/// the patience of a session that ends.
constexpr int kGraceMs = 1'000;

void setWishes(CoreSettings& core, int weeksKept, std::int64_t syncIntervalMs) {
    core.weeksKept = weeksKept > 0 ? weeksKept : limits::kWeeksKeptDefault;
    core.sync.syncIntervalMs = syncIntervalMs > 0 ? syncIntervalMs : limits::kSyncIntervalMs;
}

/// What does not depend on who is signed in.
CoreSettings coreSettings(const Settings& settings) {
    CoreSettings core;
    core.dataDir = settings.dataDir;
    setWishes(core, settings.weeksKept, settings.syncIntervalMs);
    core.version = settings.version;
    core.sync.looksAtNetwork = settings.looksAtNetwork;
    return core;
}

/// The datastore that the settings name, with a token of their own.
Status useGiven(const Settings& settings, CoreSettings& core, MakeLink& makeLink) {
    const auto url = remote::DatastoreUrl::parse(settings.datastore);
    if (!url) return url.error();
    core.sync.configured = true;
    core.sync.loopback = url->loopback;
    core.datastoreUrl = settings.datastore;
    makeLink = [link = remote::LinkSettings{*url, settings.token, settings.caFile, {}}](
                   remote::Post post) { return remote::makeGrpcLink(link, std::move(post)); };
    return {};
}

/// Who keeps the sign-in, and what the core begins with.
Result<std::unique_ptr<Accounts>> startAccounts(const Settings& settings, CoreSettings& core,
                                                MakeLink& makeLink, desktop::Keyring* keyring) {
    const bool given = !settings.datastore.empty();
    Accounts::Settings own{settings.dataDir, core, {}};
    if (given)
        own.fixed =
            "hashirad was started with a datastore and a token of its own (--datastore and "
            "--token-file, or HASHIRA_TOKEN): start it without these to sign in or out";
    // What is given is of the data directory itself.
    auto record = given ? SignInRecord() : readSignIn(settings.dataDir);
    if (!record) return record.error();
    auto accounts = std::make_unique<Accounts>(std::move(own), std::move(*record), keyring);
    if (given) {
        if (const Status used = useGiven(settings, core, makeLink); !used) return used.error();
    } else {
        core = accounts->coreSettings();
        makeLink = accounts->linkMaker();
    }
    return accounts;
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
    std::unique_ptr<Accounts> accounts;  // the core asks it for tokens to its end
    std::unique_ptr<CoreThread> core;
    std::unique_ptr<rpc::Server> server;
};

Daemon::Daemon(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

Daemon::~Daemon() {
    stop();
}

Result<std::unique_ptr<Daemon>> Daemon::start(const Settings& settings, const Clock& clock,
                                              desktop::Keyring* keyring) {
    const auto endpoint = rpc::Endpoint::parse(settings.listen);
    if (!endpoint) return endpoint.error();
    auto parts = std::make_unique<Parts>();
    auto directory = DataDir::lock(settings.dataDir);
    if (!directory) return directory.error();
    parts->directory = std::move(*directory);
    if (Status free = checkFree(*endpoint); !free) return free.error();

    CoreSettings coreOf = coreSettings(settings);
    MakeLink makeLink;
    auto accounts = startAccounts(settings, coreOf, makeLink, keyring);
    if (!accounts) return accounts.error();
    parts->accounts = std::move(*accounts);
    parts->core = std::make_unique<CoreThread>(coreOf, clock, std::move(makeLink));
    parts->accounts->follow(*parts->core);
    if (Status opened = parts->core->open(); !opened) return opened.error();
    auto server =
        rpc::Server::start({*endpoint, settings.dataDir + "/local-token", settings.shutdown},
                           *parts->core, parts->accounts.get());
    if (!server) return server.error();
    parts->server = std::move(*server);
    parts->core->announceTo(*parts->server);
    parts->core->begin();
    const Status told = parts->directory->announce(parts->server->endpoint().text());
    // On TCP front ends look there for the port. Else only a second start cannot say where we are.
    if (!told && endpoint->kind == rpc::Endpoint::Kind::kTcp) return told.error();
    return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

std::string Daemon::endpoint() const {
    return m_parts->server->endpoint().text();
}

rpc::CorePort& Daemon::port() {
    return *m_parts->core;
}

rpc::AccountPort& Daemon::accounts() {
    return *m_parts->accounts;
}

const std::string& Daemon::signInFixed() const {
    return m_parts->accounts->fixed();
}

void Daemon::configure(int weeksKept, std::int64_t syncIntervalMs) {
    m_parts->accounts->adjust(
        [=](CoreSettings& core) { setWishes(core, weeksKept, syncIntervalMs); });
}

void Daemon::tellStatus(std::function<void(const front::Status&)> listener) {
    m_parts->core->tellStatus(std::move(listener));
}

void Daemon::networkChanged(const NetworkHint& hint) {
    m_parts->core->networkChanged(hint);
}

void Daemon::machineWoke() {
    m_parts->core->machineWoke();
}

void Daemon::stop() {
    if (!m_parts) return;
    m_parts->server->stop(kGraceMs);
    m_parts->accounts->stop();
    m_parts->core->stop();
    // The core's thread told the server of changes to its very end.
    m_parts.reset();
}

}  // namespace hashira::daemon

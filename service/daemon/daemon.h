// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/network.h"
#include "base/result.h"
#include "model/front.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hashira::rpc {
class AccountPort;
class CorePort;
}  // namespace hashira::rpc
namespace hashira::desktop {
class Keyring;
}

namespace hashira::daemon {

struct Settings {
    std::string dataDir;
    std::string listen;               ///< an endpoint: unix:PATH or tcp:127.0.0.1:PORT
    std::string datastore;            ///< hashira://… or hashira+plaintext://…; empty: none
    std::string token;                ///< for the datastore
    std::string caFile;               ///< empty: the system's roots
    int weeksKept = 0;                ///< 0: the default
    std::int64_t syncIntervalMs = 0;  ///< 0: the default
    std::string version;
    /// Called where a front end asks the daemon to end, from any thread: whoever owns it then calls
    /// stop(). Null: it is refused.
    std::function<void()> shutdown;
    /// networkChanged() will be called soon: the first attempt waits a moment for it.
    bool looksAtNetwork = false;
};

/// The whole daemon without its face: lock, core, server, in the order that makes it safe. For one
/// thread; its event loop is needed for signing in and for the keyring, all else goes on without.
class Daemon {
public:
    /// Returns when it can be called: neither the network nor the keyring has been looked at yet.
    /// The clock and the keyring outlive it; without a keyring nobody can sign in. Errors: kBusy
    /// where another daemon has the data directory or the socket, kInvalid for a setting, and those
    /// of Core::open.
    static Result<std::unique_ptr<Daemon>> start(const Settings& settings, const Clock& clock,
                                                 desktop::Keyring* keyring = nullptr);
    /// As stop().
    ~Daemon();

    /// Where it can be called, as --listen takes it.
    std::string endpoint() const;

    /// What the services are served by, for the parts of this process that are front ends
    /// themselves. Until stop().
    rpc::CorePort& port();
    rpc::AccountPort& accounts();
    /// Why nobody can sign in or out; empty: they can.
    const std::string& signInFixed() const;
    /// Takes what can change while it runs; 0: the default.
    void configure(int weeksKept, std::int64_t syncIntervalMs);
    /// Calls `listener` at each change of the status, on the core thread; it must not wait there.
    void tellStatus(std::function<void(const front::Status&)> listener);

    /// What the operating system says of the network, at first soon after the start, and that the
    /// machine was asleep. Until stop().
    void networkChanged(const NetworkHint& hint);
    void machineWoke();

    /// Ends it in order: calls under way are answered, what was taken is on disk, the lock is free.
    void stop();

private:
    struct Parts;
    explicit Daemon(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

}  // namespace hashira::daemon

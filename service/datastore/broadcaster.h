// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/limits.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hashira::datastore {

/// One daemon's standing stream. Its members never block and never call the broadcaster back; any
/// thread. A slow watcher merges what it has not sent yet into the newest.
class Watcher {
public:
    virtual ~Watcher() = default;
    virtual void changed(std::uint64_t version) = 0;
    /// The highest version that it was told; 0 before the hello.
    virtual std::uint64_t told() = 0;
    /// The account stands at a lower version than was told: the stream ends, to say hello again.
    virtual void setBack() = 0;
    /// Ends the stream with that error.
    virtual void end(const Error& error) = 0;
};

/// Tells the watchers of an account of its commits. Does not keep them alive: a watcher that is
/// gone drops out. Thread-safe.
class Broadcaster {
public:
    explicit Broadcaster(std::size_t most = limits::kWatchers) : m_most(most) {}

    /// kExhausted: the account has too many (limits.h), or all have. Call it before the hello is
    /// read: then no commit comes between the two.
    Status add(const std::string& account, const std::string& tokenHash,
               const std::shared_ptr<Watcher>& watcher);
    /// True: somebody was told a higher version. Either this one comes late, or the datastore was
    /// set back: where the account stands tells.
    bool changed(const std::string& account, std::uint64_t version);
    void setBack(const std::string& account);

    /// The highest version that anybody was told of an account, and of each that is watched.
    std::uint64_t told(const std::string& account);
    std::map<std::string, std::uint64_t> told();

    /// The hashes of all watchers' tokens, each once.
    std::vector<std::string> tokens();
    /// Ends the streams of one token.
    void end(const std::string& tokenHash, const Error& error);
    void endAll(const Error& error);

    using Watchers = std::vector<std::shared_ptr<Watcher>>;
    Watchers all();

private:
    struct Entry {
        std::string tokenHash;
        std::weak_ptr<Watcher> watcher;
    };
    /// Those still there for which `wanted` holds; forgets those that are gone.
    template <typename Wanted>
    static Watchers collect(std::vector<Entry>& entries, const Wanted& wanted);

    Watchers watchersOf(const std::string& account);
    void forgetGone();

    const std::size_t m_most;  ///< watchers of all accounts

    std::mutex m_mutex;
    std::map<std::string, std::vector<Entry>> m_accounts;
    std::size_t m_count = 0;  ///< never less than there are
};

}  // namespace hashira::datastore

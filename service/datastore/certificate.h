// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace hashira::datastore {

/// Where a server's certificate (with its chain, the leaf first) and private key are, in PEM.
struct TlsFiles {
    std::string certificate;
    std::string key;
};

/// What clients are shown.
struct KeyPair {
    std::string chain;  ///< PEM
    std::string key;    ///< PEM; never to be logged
    std::string subject;
    std::int64_t notAfterMs = 0;
    bool othersMayRead = false;  ///< the key's file: anybody of this machine can be the server
};

/// Reads and checks a pair. kInvalid says in words what is wrong: a file cannot be read, is no PEM,
/// has a password, the key is another certificate's, or the certificate is not valid at that time.
Result<KeyPair> readKeyPair(const TlsFiles& files, std::int64_t nowMs);

/// The pair that is shown to new connections, read anew when the files change. What is wrong with
/// new files is logged, and the last good pair stays. Thread-safe.
class Certificate {
public:
    /// The log and the clock must outlive it.
    static Result<std::unique_ptr<Certificate>> load(const TlsFiles& files, Log& log,
                                                     const Clock& clock);

    /// Reads the files now.
    void reload();
    /// Reads them if they changed since the last call and have come to rest: between the writing of
    /// the certificate and of its key a pair does not match. Call it every second or so.
    void reloadIfChanged();

    /// Grows with each new pair.
    std::uint64_t generation() const;
    std::shared_ptr<const KeyPair> pair() const;

private:
    Certificate(TlsFiles files, Log& log, const Clock& clock)
        : m_files(std::move(files)), m_log(log), m_clock(clock) {}
    void take(KeyPair pair);

    const TlsFiles m_files;
    Log& m_log;
    const Clock& m_clock;
    std::string m_seen;          ///< what the files were when they were read
    std::string m_lastSeen;      ///< what they were at the last call of reloadIfChanged()
    mutable std::mutex m_mutex;  // protects what follows
    std::shared_ptr<const KeyPair> m_pair;
    std::uint64_t m_generation = 0;
};

}  // namespace hashira::datastore

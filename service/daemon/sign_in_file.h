// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <string>

namespace hashira::daemon {

/// The sign-in of a data directory: who, where, and which of its directories has the account's
/// files. Never the token: `key` names that in the keyring.
struct SignInRecord {
    std::string directory;      ///< of the account's files, below the data directory; empty: itself
    std::string datastore;      ///< empty: nobody is signed in
    std::string caCertificate;  ///< PEM; empty: the system's roots
    std::string account;
    std::string key;
    bool operator==(const SignInRecord&) const = default;
};

/// Reads `<data-dir>/sign-in.json`. Where there is none: an empty record. kCorrupt, kNewer: the
/// file is left as it is, and which directory is meant is not known.
Result<SignInRecord> readSignIn(const std::string& dataDir);
/// Replaces the file at once, readable by its owner only, and durable when it returns.
Status writeSignIn(const std::string& dataDir, const SignInRecord& record);

/// Where the account's files are.
std::string accountDirectory(const std::string& dataDir, const SignInRecord& record);

}  // namespace hashira::daemon

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <string>

namespace hashira::datastore {

/// Where the ledger is kept: "sqlite:PATH", or "postgresql://…" as libpq takes it.
struct DatabaseUrl {
    std::string path = {};        ///< SQLite's file; empty: PostgreSQL
    std::string postgresql = {};  ///< the URL, which may hold a password: never to be shown

    /// kInvalid: it is neither; the message does not repeat what may hold a password.
    static Result<DatabaseUrl> parse(const std::string& text);
    /// For messages: without user and password.
    std::string shown() const;
};

}  // namespace hashira::datastore

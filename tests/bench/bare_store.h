// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bench.h"

#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace hashira::bench {

/// The floor of everything durable: a table of commands without any index, WAL and
/// synchronous=FULL, and the C interface of SQLite.
class BareStore {
public:
    explicit BareStore(const std::string& directory);
    ~BareStore();
    BareStore(const BareStore&) = delete;
    BareStore& operator=(const BareStore&) = delete;

    /// Inserts so many rows in one transaction: one fsync.
    void commit(int rows);

private:
    void exec(const char* sql);
    void insertOne();

    sqlite3* m_handle = nullptr;
    sqlite3_stmt* m_insert = nullptr;
    long long m_number = 0;
};

}  // namespace hashira::bench

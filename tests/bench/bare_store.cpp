// SPDX-License-Identifier: MIT
#include "bench/bare_store.h"

#include <sqlite3.h>

#include <cstdio>

namespace hashira::bench {
namespace {

/// What the outbox keeps of a command such as newTasks() makes.
constexpr const char* kPayload =
    R"({"created":"2026-11-23T19:45:33+00:00","done":null,"id":"0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",)"
    R"("labels":["work"],"name":"Task 1234: write the report and send it","place":"todo",)"
    R"("rank":"a1234xyz","started":null})";

}  // namespace

BareStore::BareStore(const std::string& directory) {
    const std::string path = directory + "/bare.db";
    if (sqlite3_open(path.c_str(), &m_handle) != SQLITE_OK) throw Failure("cannot open " + path);
    exec("PRAGMA journal_mode=WAL");
    exec("PRAGMA synchronous=FULL");
    exec(
        "CREATE TABLE commands (seq INTEGER PRIMARY KEY, device INTEGER, number INTEGER, "
        "command_id TEXT, what INTEGER, task TEXT, payload TEXT, stamp_ms INTEGER, "
        "stamp_counter INTEGER, stamp_origin TEXT, seen_ms INTEGER, seen_counter INTEGER, "
        "hash BLOB, state INTEGER, accepted INTEGER, change INTEGER) STRICT");
    sqlite3_prepare_v2(m_handle,
                       "INSERT INTO commands (device, number, command_id, what, task, payload, "
                       "stamp_ms, stamp_counter, stamp_origin, seen_ms, seen_counter, hash, state, "
                       "accepted, change) VALUES (1,?1,?2,1,?2,?3,1764000000000,1,'d1d2d3d4',0,0,"
                       "?4,0,0,?1)",
                       -1, &m_insert, nullptr);
}

BareStore::~BareStore() {
    sqlite3_finalize(m_insert);
    sqlite3_close(m_handle);
}

void BareStore::exec(const char* sql) {
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw Failure(std::string(sql) + ": " + sqlite3_errmsg(m_handle));
}

void BareStore::insertOne() {
    char id[37];
    std::snprintf(id, sizeof id, "0199a2b4-5c6d-7e8f-9a0b-%012llx", ++m_number);
    static constexpr unsigned char kHash[32] = {};
    sqlite3_bind_int64(m_insert, 1, m_number);
    sqlite3_bind_text(m_insert, 2, id, 36, SQLITE_TRANSIENT);
    sqlite3_bind_text(m_insert, 3, kPayload, -1, SQLITE_STATIC);
    sqlite3_bind_blob(m_insert, 4, kHash, sizeof kHash, SQLITE_STATIC);
    if (sqlite3_step(m_insert) != SQLITE_DONE)
        throw Failure(std::string("INSERT: ") + sqlite3_errmsg(m_handle));
    sqlite3_reset(m_insert);
}

void BareStore::commit(int rows) {
    exec("BEGIN IMMEDIATE");
    for (int i = 0; i < rows; ++i) insertOne();
    exec("COMMIT");
}

}  // namespace hashira::bench

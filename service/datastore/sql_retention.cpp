// SPDX-License-Identifier: MIT
#include "datastore/sql_retention.h"

namespace hashira::datastore::retention {

Result<std::vector<std::string>> deletedBefore(SqlDatabase& database, std::int64_t key,
                                               std::int64_t beforeMs, int most) {
    Statement rows(database,
                   "SELECT id FROM documents WHERE account = ? AND deleted_ms > 0 "
                   "AND deleted_ms < ? ORDER BY deleted_ms, id LIMIT ?");
    rows.bind(key).bind(beforeMs).bind(std::int64_t(most));
    std::vector<std::string> ids;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return ids;
        ids.push_back(rows.text(0));
    }
}

Result<int> packVersions(SqlDatabase& database, std::int64_t key, std::uint64_t newest,
                         std::int64_t beforeMs, int count) {
    Statement rows(database,
                   "SELECT version, token, made_ms FROM versions WHERE account = ? "
                   "AND version < ? ORDER BY version LIMIT ?");
    rows.bind(key).bind(newest).bind(std::int64_t(count));
    std::int64_t first = 0, last = 0, madeMs = 0;
    std::string tokens;
    int found = 0;
    for (;; ++found) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) break;
        if (found == 0) first = rows.integer(0);
        // They follow each other, as each transaction makes one.
        if (found > 0 && rows.integer(0) != last + 1)
            return Error{ErrorCode::kInternal, "a version is missing"};
        last = rows.integer(0);
        madeMs = rows.integer(2);
        tokens += packedToken(rows.text(1));
    }
    if (found < count || madeMs >= beforeMs) return 0;
    Statement pack(database,
                   "INSERT INTO packed_versions (account, first, tokens) VALUES (?, ?, ?)");
    if (const Status packed = pack.bind(key).bind(first).bind(tokens).run(); !packed)
        return packed.error();
    Statement remove(database,
                     "DELETE FROM versions WHERE account = ? AND version BETWEEN ? AND ?");
    if (const Status removed = remove.bind(key).bind(first).bind(last).run(); !removed)
        return removed.error();
    return found;
}

Result<int> forgetRefusals(SqlDatabase& database, std::int64_t key, std::int64_t beforeMs,
                           int most) {
    std::vector<std::pair<std::string, std::int64_t>> old;
    {
        Statement rows(database,
                       "SELECT device, number FROM refusals WHERE account = ? AND made_ms < ? "
                       "ORDER BY made_ms, device, number LIMIT ?");
        rows.bind(key).bind(beforeMs).bind(std::int64_t(most));
        for (;;) {
            const auto more = rows.next();
            if (!more) return more.error();
            if (!*more) break;
            old.emplace_back(rows.text(0), rows.integer(1));
        }
    }
    for (const auto& [device, number] : old) {
        Statement note(database,
                       "UPDATE devices SET forgotten = ? WHERE account = ? AND device = ? "
                       "AND forgotten < ?");
        note.bind(number).bind(key).bind(device).bind(number);
        if (const Status noted = note.run(); !noted) return noted.error();
        Statement remove(database,
                         "DELETE FROM refusals WHERE account = ? AND device = ? AND number = ?");
        const Status removed = remove.bind(key).bind(device).bind(number).run();
        if (!removed) return removed.error();
    }
    return static_cast<int>(old.size());
}

Result<Known> knowsPacked(SqlDatabase& database, std::int64_t key, const sync::Cursor& cursor) {
    Statement row(database,
                  "SELECT first, tokens FROM packed_versions WHERE account = ? AND first <= ? "
                  "ORDER BY first DESC LIMIT 1");
    const auto found = row.bind(key).bind(cursor.version).next();
    if (!found) return found.error();
    if (!*found) return Known::kNo;
    const auto at = (cursor.version - static_cast<std::uint64_t>(row.integer(0))) * kPackedToken;
    const std::string tokens = row.text(1);
    if (at >= tokens.size()) return Known::kNo;
    const bool same = tokens.compare(at, kPackedToken, packedToken(cursor.token)) == 0;
    return same ? Known::kOld : Known::kNo;
}

Result<bool> beginRound(SqlDatabase& database, std::int64_t nowMs, std::int64_t intervalMs) {
    // A clock that was set back must not keep it from ever being due.
    Statement row(database,
                  "UPDATE sweeps SET begun_ms = ? WHERE only_row = 1 AND "
                  "(begun_ms <= ? OR begun_ms > ?)");
    const auto done = row.bind(nowMs).bind(nowMs - intervalMs).bind(nowMs).next();
    if (!done) return done.error();
    return row.changes() == 1;
}

Result<std::vector<Due>> nextAccounts(SqlDatabase& database, std::int64_t key, int most,
                                      std::int64_t tombstonesMs, std::int64_t versionsMs,
                                      int versions) {
    Statement rows(database,
                   "SELECT h.account, h.id, CASE WHEN "
                   "EXISTS (SELECT 1 FROM documents d WHERE d.account = h.account "
                   "AND d.deleted_ms > 0 AND d.deleted_ms < ?) OR "
                   "EXISTS (SELECT 1 FROM refusals r WHERE r.account = h.account "
                   "AND r.made_ms < ?) OR "
                   "coalesce((SELECT v.made_ms FROM versions v WHERE v.account = h.account "
                   "AND v.version < h.version ORDER BY v.version LIMIT 1 OFFSET ?) < ?, false) "
                   "THEN 1 ELSE 0 END FROM heads h WHERE h.account > ? "
                   "ORDER BY h.account LIMIT ?");
    rows.bind(tombstonesMs).bind(versionsMs).bind(std::int64_t(versions - 1)).bind(versionsMs);
    rows.bind(key).bind(std::int64_t(most));
    std::vector<Due> all;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return all;
        all.push_back({{rows.integer(0), rows.text(1)}, rows.integer(2) != 0});
    }
}

}  // namespace hashira::datastore::retention

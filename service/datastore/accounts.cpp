// SPDX-License-Identifier: MIT
#include "datastore/accounts.h"

#include "model/json.h"
#include "model/uuid.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <algorithm>
#include <iterator>
#include <set>

namespace hashira::datastore::accounts {
namespace {

constexpr std::size_t kNameCharacters = 100;
constexpr std::size_t kTokenIdDigits = 12;

Error unknown(const std::string& name) {
    return {ErrorCode::kNotFound,
            "there is no account " + json::quoted(name) + ": `account list` shows them"};
}

Status checkName(const std::string& name) {
    const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (!name.empty() && plain && name.size() <= kNameCharacters) return {};
    return invalid("the name of an account has 1 to " + std::to_string(kNameCharacters) +
                   " characters, none of them a control character");
}

Result<std::int64_t> keyOf(SqlDatabase& database, const std::string& name) {
    Statement row(database, "SELECT account FROM accounts WHERE name = ? FOR UPDATE");
    const auto found = row.bind(name).next();
    if (!found) return found.error();
    if (!*found) return unknown(name);
    return row.integer(0);
}

Result<bool> taken(SqlDatabase& database, const std::string& name, const std::string& id) {
    Statement row(database, "SELECT account FROM accounts WHERE name = ? OR id = ?");
    return row.bind(name).bind(id).next();
}

/// Runs `work` in one transaction that it commits where it succeeds.
template <typename Work>
auto inTransaction(SqlDatabase& database, const Work& work) -> decltype(work()) {
    const auto scope = Scope::begin(database, Scope::Mode::kWrite);
    if (!scope) return scope.error();
    auto result = work();
    if (!result) return result;
    if (const Status committed = (*scope)->commit(); !committed) return committed.error();
    return result;
}

}  // namespace

Result<std::string> add(SqlDatabase& database, const std::string& name, const std::string& id,
                        const Clock& clock, Random& random) {
    if (const Status good = checkName(name); !good) return good.error();
    const std::int64_t nowMs = clock.nowMs();
    const std::string account = id.empty() ? makeUuidV7(nowMs, random) : id;
    if (!isUuid(account)) return invalid("--id: must be a UUID in lower case");
    return inTransaction(database, [&]() -> Result<std::string> {
        const auto exists = taken(database, name, account);
        if (!exists) return exists.error();
        if (*exists) return invalid("an account of that name or id exists already");
        Statement row(database,
                      "INSERT INTO accounts (id, name, created_ms) VALUES (?, ?, ?) "
                      "RETURNING account");
        const auto key = row.bind(account).bind(name).bind(nowMs).next();
        if (!key) return key.error();
        Statement head(database,
                       "INSERT INTO heads (account, id, incarnation, version, token, greatest_ms, "
                       "greatest_counter) VALUES (?, ?, ?, 0, '', 0, 0)");
        head.bind(row.integer(0)).bind(account).bind(makeToken(random, 16));
        if (const Status added = head.run(); !added) return added.error();
        return account;
    });
}

Result<std::vector<Account>> list(SqlDatabase& database) {
    Statement rows(database,
                   "SELECT accounts.id, name, version, coalesce(tasks, 0), bytes FROM accounts "
                   "JOIN heads ON heads.account = accounts.account LEFT JOIN "
                   "(SELECT account, count(*) AS tasks FROM documents GROUP BY account) AS counted "
                   "ON counted.account = accounts.account ORDER BY name");
    std::vector<Account> accounts;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return accounts;
        accounts.push_back({rows.text(0), rows.text(1), static_cast<std::uint64_t>(rows.integer(2)),
                            static_cast<std::uint64_t>(rows.integer(3)), rows.integer(4)});
    }
}

Result<AccountKey> find(SqlDatabase& database, const std::string& id) {
    Statement row(database, "SELECT account FROM accounts WHERE id = ?");
    const auto found = row.bind(id).next();
    if (!found) return found.error();
    if (!*found) return unknown(id);
    return AccountKey{row.integer(0), id};
}

Status remove(SqlDatabase& database, const std::string& name) {
    return inTransaction(database, [&]() -> Status {
        const auto key = keyOf(database, name);
        if (!key) return key.error();
        // The head first, as whoever applies does: both in another order would wait for each other.
        for (const char* sql :
             {"DELETE FROM heads WHERE account = ?", "DELETE FROM documents WHERE account = ?",
              "DELETE FROM refusals WHERE account = ?", "DELETE FROM devices WHERE account = ?",
              "DELETE FROM versions WHERE account = ?",
              "DELETE FROM packed_versions WHERE account = ?",
              "DELETE FROM access_tokens WHERE account = ?",
              "DELETE FROM accounts WHERE account = ?"})
            if (const Status done = Statement(database, sql).bind(*key).run(); !done) return done;
        return {};
    });
}

Result<std::string> newToken(SqlDatabase& database, const std::string& name, const Clock& clock,
                             Random& random) {
    return inTransaction(database, [&]() -> Result<std::string> {
        const auto key = keyOf(database, name);
        if (!key) return key.error();
        const std::string token = makeToken(random, 32);
        Statement row(database,
                      "INSERT INTO access_tokens (hash, account, created_ms) VALUES (?, ?, ?)");
        const Status added = row.bind(tokenHash(token)).bind(*key).bind(clock.nowMs()).run();
        if (!added) return added.error();
        return token;
    });
}

Result<std::vector<Token>> listTokens(SqlDatabase& database, const std::string& name) {
    const auto key = keyOf(database, name);
    if (!key) return key.error();
    Statement rows(database,
                   "SELECT hash, created_ms, used_ms FROM access_tokens WHERE account = ? "
                   "ORDER BY created_ms, hash");
    rows.bind(*key);
    std::vector<Token> tokens;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return tokens;
        tokens.push_back({rows.text(0).substr(0, kTokenIdDigits), rows.integer(1), {}});
        if (!rows.isNull(2)) tokens.back().usedMs = rows.integer(2);
    }
}

Result<int> revokeTokens(SqlDatabase& database, const std::string& name, const std::string& id) {
    return inTransaction(database, [&]() -> Result<int> {
        const auto key = keyOf(database, name);
        if (!key) return key.error();
        Statement rows(database,
                       "DELETE FROM access_tokens WHERE account = ? AND (? = '' OR "
                       "substr(hash, 1, 12) = ?)");
        const auto done = rows.bind(*key).bind(id).bind(id).next();
        if (!done) return done.error();
        const int count = rows.changes();
        if (count == 0 && !id.empty())
            return Error{ErrorCode::kNotFound, "the account has no token " + json::quoted(id) +
                                                   ": `token list` shows them"};
        return count;
    });
}

std::string tokenHash(const std::string& token) {
    return QCryptographicHash::hash(QByteArray::fromStdString(token), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

Result<std::optional<TokenOwner>> ownerOf(SqlDatabase& database, const std::string& hash) {
    Statement row(database,
                  "SELECT accounts.account, accounts.id, used_ms FROM access_tokens JOIN accounts "
                  "ON accounts.account = access_tokens.account WHERE hash = ?");
    const auto found = row.bind(hash).next();
    if (!found) return found.error();
    if (!*found) return std::optional<TokenOwner>();
    TokenOwner owner{{row.integer(0), row.text(1)}, {}};
    if (!row.isNull(2)) owner.usedMs = row.integer(2);
    return std::optional(owner);
}

Result<std::vector<std::string>> unknownTokens(SqlDatabase& database,
                                               const std::vector<std::string>& hashes) {
    Statement rows(database, "SELECT hash FROM access_tokens WHERE hash = ANY(?)");
    rows.bindAll(hashes);
    std::set<std::string> known;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) break;
        known.insert(rows.text(0));
    }
    std::vector<std::string> unknown;
    std::copy_if(hashes.begin(), hashes.end(), std::back_inserter(unknown),
                 [&](const std::string& hash) { return known.count(hash) == 0; });
    return unknown;
}

Status tokenUsed(SqlDatabase& database, const std::string& hash, std::int64_t nowMs) {
    return Statement(database, "UPDATE access_tokens SET used_ms = ? WHERE hash = ?")
        .bind(nowMs)
        .bind(hash)
        .run();
}

}  // namespace hashira::datastore::accounts

// SPDX-License-Identifier: MIT
#include "datastore/sql_repository.h"

#include "datastore/sql_retention.h"

#include <QByteArray>

#include <algorithm>
#include <limits>
#include <utility>

namespace hashira::datastore {
namespace {

std::string toHex(const Hash& hash) {
    return QByteArray::fromStdString(hash).toHex().toStdString();
}

Hash fromHex(const std::string& text) {
    return QByteArray::fromHex(QByteArray::fromStdString(text)).toStdString();
}

std::uint64_t count(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

/// What is held back to be written together.
constexpr std::size_t kUnsavedBytes = 1024 * 1024;

class SqlTransaction final : public Transaction {
public:
    SqlTransaction(SqlDatabase& database, std::unique_ptr<Scope> scope)
        : m_database(database), m_scope(std::move(scope)) {}

    /// Reads the account's head, which every other member needs; to write, locks it.
    Status load(const AccountKey& account, Scope::Mode mode);

    Result<AccountState> account() override { return m_state; }
    Status saveAccount(const AccountState& state, std::int64_t nowMs) override;
    Result<Known> knowsCursor(const sync::Cursor& cursor) override;
    Result<DeviceRow> device(const std::string& device) override;
    Status saveDevice(const std::string& device, const DeviceRow& row) override;
    Result<std::vector<sync::Refusal>> refusals(const std::string& device,
                                                std::uint64_t above) override;
    Status addRefusal(const std::string& device, const sync::Refusal& refusal,
                      std::int64_t nowMs) override;
    Status readAhead(Ahead ahead) override;
    Result<std::optional<StoredDocument>> document(const std::string& id) override;
    Status saveDocument(const std::string& id, std::string text, std::uint64_t version,
                        Bucket bucket, std::int64_t deletedMs) override;
    Status documentsOf(const sync::Scope& scope, const DocumentSink& sink) override;
    Status documentsSince(std::uint64_t version, const DocumentSink& sink) override;
    bool readsAhead() const override { return true; }
    Result<std::vector<std::string>> deletedBefore(std::int64_t beforeMs, int most) override {
        return retention::deletedBefore(m_database, m_key, beforeMs, most);
    }
    Result<int> packVersions(std::int64_t beforeMs, int count) override {
        return retention::packVersions(m_database, m_key, m_state.cursor.version, beforeMs, count);
    }
    Result<int> forgetRefusals(std::int64_t beforeMs, int most) override {
        return retention::forgetRefusals(m_database, m_key, beforeMs, most);
    }
    Status commit() override;

private:
    Status hand(Statement& rows, const DocumentSink& sink);
    Status flush();

    /// Documents to be written together, in the order of their columns.
    struct Unsaved {
        std::vector<std::string> ids;
        std::vector<std::int64_t> buckets;
        std::vector<std::int64_t> versions;
        std::vector<std::int64_t> deletedMs;
        std::vector<std::string> bodies;
        std::size_t bytes = 0;
    };

    SqlDatabase& m_database;
    std::unique_ptr<Scope> m_scope;
    /// What was read ahead of a document, there or not; until it is written.
    struct DocumentAhead {
        std::optional<StoredDocument> stored;
        bool written = false;
    };
    DocumentAhead* readBefore(const std::string& id);

    std::vector<std::string> m_aheadIds;  ///< ascending
    std::vector<DocumentAhead> m_ahead;   ///< of each of them
    /// What was read ahead of a device id; until something of it is written.
    struct DeviceAhead {
        std::string device;
        std::uint64_t above = 0;
        DeviceRow row;
        std::vector<sync::Refusal> refusals;
    };
    std::optional<DeviceAhead> m_deviceAhead;
    Unsaved m_unsaved;
    std::int64_t m_key = 0;
    AccountState m_state;
};

Status SqlTransaction::load(const AccountKey& account, Scope::Mode mode) {
    constexpr const char* kRead =
        "SELECT incarnation, version, token, greatest_ms, greatest_counter, bytes FROM heads "
        "WHERE account = ? AND id = ?";
    constexpr const char* kLock =
        "SELECT incarnation, version, token, greatest_ms, greatest_counter, bytes FROM heads "
        "WHERE account = ? AND id = ? FOR UPDATE";
    Statement row(m_database, mode == Scope::Mode::kWrite ? kLock : kRead);
    const auto found = row.bind(account.number).bind(account.id).next();
    if (!found) return found.error();
    if (!*found) return Error{ErrorCode::kUnauthenticated, "the account does not exist any more"};
    m_key = account.number;
    m_state.account = account.id;
    m_state.incarnation = row.text(0);
    m_state.cursor = {count(row.integer(1)), row.text(2)};
    m_state.greatest = {row.integer(3), static_cast<std::uint32_t>(row.integer(4))};
    m_state.bytes = row.integer(5);
    return {};
}

Status SqlTransaction::saveAccount(const AccountState& state, std::int64_t nowMs) {
    Statement row(m_database,
                  "UPDATE heads SET version = ?, token = ?, greatest_ms = ?, "
                  "greatest_counter = ?, bytes = ? WHERE account = ?");
    row.bind(state.cursor.version).bind(state.cursor.token).bind(state.greatest.ms);
    row.bind(std::int64_t(state.greatest.counter)).bind(state.bytes).bind(m_key);
    if (const Status saved = row.run(); !saved) return saved;
    m_state = state;
    if (state.cursor.version == 0) return {};
    Statement token(m_database,
                    "INSERT INTO versions (account, version, token, made_ms) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (account, version) DO UPDATE SET token = excluded.token, "
                    "made_ms = excluded.made_ms");
    token.bind(m_key).bind(state.cursor.version).bind(state.cursor.token).bind(nowMs);
    return token.run();
}

Result<Known> SqlTransaction::knowsCursor(const sync::Cursor& cursor) {
    if (cursor == sync::Cursor() || cursor == m_state.cursor) return Known::kYes;
    Statement row(m_database, "SELECT token FROM versions WHERE account = ? AND version = ?");
    const auto found = row.bind(m_key).bind(cursor.version).next();
    if (!found) return found.error();
    if (*found) return row.text(0) == cursor.token ? Known::kYes : Known::kNo;
    return retention::knowsPacked(m_database, m_key, cursor);
}

Result<DeviceRow> SqlTransaction::device(const std::string& device) {
    if (m_deviceAhead && m_deviceAhead->device == device) return m_deviceAhead->row;
    Statement row(m_database,
                  "SELECT last, hash, forgotten FROM devices WHERE account = ? AND device = ?");
    const auto found = row.bind(m_key).bind(device).next();
    if (!found) return found.error();
    if (!*found) return DeviceRow();
    return DeviceRow{count(row.integer(0)), fromHex(row.text(1)), count(row.integer(2))};
}

Status SqlTransaction::saveDevice(const std::string& device, const DeviceRow& row) {
    m_deviceAhead.reset();
    Statement save(m_database,
                   "INSERT INTO devices (account, device, last, hash) VALUES (?, ?, ?, ?) "
                   "ON CONFLICT (account, device) DO UPDATE SET last = excluded.last, "
                   "hash = excluded.hash");
    return save.bind(m_key).bind(device).bind(row.last).bind(toHex(row.hash)).run();
}

Result<std::vector<sync::Refusal>> SqlTransaction::refusals(const std::string& device,
                                                            std::uint64_t above) {
    if (m_deviceAhead && m_deviceAhead->device == device && m_deviceAhead->above == above)
        return m_deviceAhead->refusals;
    Statement rows(m_database,
                   "SELECT number, reason FROM refusals WHERE account = ? AND device = ? "
                   "AND number > ? ORDER BY number");
    rows.bind(m_key).bind(device).bind(above);
    std::vector<sync::Refusal> refusals;
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return refusals;
        refusals.push_back({count(rows.integer(0)), rows.text(1)});
    }
}

Status SqlTransaction::addRefusal(const std::string& device, const sync::Refusal& refusal,
                                  std::int64_t nowMs) {
    m_deviceAhead.reset();
    Statement row(m_database,
                  "INSERT INTO refusals (account, device, number, reason, made_ms) "
                  "VALUES (?, ?, ?, ?, ?)");
    row.bind(m_key).bind(device).bind(refusal.number).bind(refusal.reason).bind(nowMs);
    return row.run();
}

SqlTransaction::DocumentAhead* SqlTransaction::readBefore(const std::string& id) {
    const auto at = std::lower_bound(m_aheadIds.begin(), m_aheadIds.end(), id);
    if (at == m_aheadIds.end() || *at != id) return nullptr;
    return &m_ahead[static_cast<std::size_t>(at - m_aheadIds.begin())];
}

/// One statement, as each costs a round trip, and on a busy machine a turn of the processor.
Status SqlTransaction::readAhead(Ahead ahead) {
    if (const Status flushed = flush(); !flushed) return flushed;
    m_aheadIds = std::move(ahead.ids);
    std::sort(m_aheadIds.begin(), m_aheadIds.end());
    m_aheadIds.erase(std::unique(m_aheadIds.begin(), m_aheadIds.end()), m_aheadIds.end());
    m_ahead.assign(m_aheadIds.size(), {});
    DeviceAhead device{ahead.device, ahead.above, {}, {}};
    enum Kind { kDevice, kRefusal, kDocument };
    Statement rows(m_database,
                   "SELECT 0, hash, '', last, forgotten FROM devices "
                   "WHERE account = ? AND device = ? "
                   "UNION ALL SELECT 1, reason, '', number, 0 FROM refusals "
                   "WHERE account = ? AND device = ? AND number > ? "
                   "UNION ALL SELECT 2, body, id, version, 0 FROM documents "
                   "WHERE account = ? AND id = ANY(?)");
    rows.bind(m_key).bind(ahead.device).bind(m_key).bind(ahead.device).bind(ahead.above);
    rows.bind(m_key).bindAll(m_aheadIds);
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) break;
        const std::uint64_t number = count(rows.integer(3));
        switch (rows.integer(0)) {
            case kDevice:
                device.row = {number, fromHex(rows.text(1)), count(rows.integer(4))};
                break;
            case kRefusal: device.refusals.push_back({number, rows.text(1)}); break;
            case kDocument: readBefore(rows.text(2))->stored = StoredDocument{rows.text(1), number};
        }
    }
    std::sort(device.refusals.begin(), device.refusals.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    if (!ahead.device.empty()) m_deviceAhead = std::move(device);
    return {};
}

Result<std::optional<StoredDocument>> SqlTransaction::document(const std::string& id) {
    if (const auto* read = readBefore(id); read && !read->written) return read->stored;
    if (const Status flushed = flush(); !flushed) return flushed.error();
    Statement row(m_database, "SELECT body, version FROM documents WHERE account = ? AND id = ?");
    const auto found = row.bind(m_key).bind(id).next();
    if (!found) return found.error();
    if (!*found) return std::optional<StoredDocument>();
    return std::optional(StoredDocument{row.text(0), count(row.integer(1))});
}

Status SqlTransaction::saveDocument(const std::string& id, std::string text, std::uint64_t version,
                                    Bucket bucket, std::int64_t deletedMs) {
    if (auto* read = readBefore(id)) read->written = true;
    m_unsaved.ids.push_back(id);
    m_unsaved.buckets.push_back(bucket.number);
    m_unsaved.versions.push_back(static_cast<std::int64_t>(version));
    m_unsaved.deletedMs.push_back(deletedMs);
    m_unsaved.bytes += text.size();
    m_unsaved.bodies.push_back(std::move(text));
    return m_unsaved.bytes < kUnsavedBytes ? Status() : flush();
}

/// Ascending by id, each once: it is the order in which the ledger saves.
Status SqlTransaction::flush() {
    if (m_unsaved.ids.empty()) return {};
    Statement save(m_database,
                   "INSERT INTO documents (account, id, bucket, version, deleted_ms, body) "
                   "SELECT ?::bigint, * FROM "
                   "unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[]) "
                   "WHERE true ON CONFLICT (account, id) DO UPDATE SET bucket = excluded.bucket, "
                   "version = excluded.version, deleted_ms = excluded.deleted_ms, "
                   "body = excluded.body");
    save.bind(m_key).bindAll(m_unsaved.ids).bindAll(m_unsaved.buckets);
    save.bindAll(m_unsaved.versions).bindAll(m_unsaved.deletedMs).bindAll(m_unsaved.bodies);
    const Status saved = save.run();
    m_unsaved = {};
    return saved;
}

Status SqlTransaction::commit() {
    if (const Status flushed = flush(); !flushed) return flushed;
    return m_scope->commit();
}

Status SqlTransaction::documentsOf(const sync::Scope& scope, const DocumentSink& sink) {
    constexpr const char* kRange =
        "SELECT id, bucket, version, body FROM documents "
        "WHERE account = ? AND bucket BETWEEN ? AND ? ORDER BY bucket, id";
    if (scope.from) {
        Statement rows(m_database, kRange);
        const int to = scope.to ? scope.to->index : Bucket::kOpen - 1;
        rows.bind(m_key).bind(std::int64_t(scope.from->index)).bind(std::int64_t(to));
        if (const Status handed = hand(rows, sink); !handed) return handed;
    }
    if (!scope.open) return {};
    Statement rows(m_database, kRange);
    rows.bind(m_key).bind(std::int64_t(Bucket::kOpen)).bind(std::int64_t(Bucket::kOpen));
    return hand(rows, sink);
}

Status SqlTransaction::documentsSince(std::uint64_t version, const DocumentSink& sink) {
    Statement rows(m_database,
                   "SELECT id, bucket, version, body FROM documents "
                   "WHERE account = ? AND version > ? ORDER BY version, id");
    rows.bind(m_key).bind(version);
    return hand(rows, sink);
}

Status SqlTransaction::hand(Statement& rows, const DocumentSink& sink) {
    if (const Status flushed = flush(); !flushed) return flushed;
    rows.stream();
    for (;;) {
        const auto more = rows.next();
        if (!more) return more.error();
        if (!*more) return {};
        const Bucket bucket{static_cast<int>(rows.integer(1))};
        const Status taken = sink(rows.text(0), bucket, {rows.text(3), count(rows.integer(2))});
        if (!taken) return taken;
    }
}

}  // namespace

Result<std::unique_ptr<Transaction>> beginTransaction(SqlDatabase& database, Scope::Mode mode,
                                                      const AccountKey& account) {
    auto scope = Scope::begin(database, mode);
    if (!scope) return scope.error();
    auto transaction = std::make_unique<SqlTransaction>(database, std::move(*scope));
    if (const Status loaded = transaction->load(account, mode); !loaded) return loaded.error();
    return std::unique_ptr<Transaction>(std::move(transaction));
}

}  // namespace hashira::datastore

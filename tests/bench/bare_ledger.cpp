// SPDX-License-Identifier: MIT
#include "bench/bare_ledger.h"

#include "bench/bench.h"
#include "bench/load_commands.h"
#include "model/week.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <QByteArray>

namespace hashira::bench {
namespace {

/// As the ledger makes one for each transaction.
constexpr const char* kToken = "0123456789abcdef";

constexpr std::int64_t kNoHead = -1;

/// The version of a transaction on that head.
std::int64_t next(std::int64_t head) {
    if (head == kNoHead) throw Failure("the floor writes to an account that is not there");
    return head + 1;
}

class BareSqlite final : public BareLedger {
public:
    BareSqlite(const std::string& path, std::int64_t account) : m_account(account) {
        if (sqlite3_open(path.c_str(), &m_handle) != SQLITE_OK)
            throw Failure("cannot open " + path);
        // The server sweeps, and notes when tokens were used.
        constexpr int kBusyMs = 5'000;
        sqlite3_busy_timeout(m_handle, kBusyMs);
        run("PRAGMA synchronous = FULL");
        m_head = prepare(
            "SELECT incarnation, version, token, greatest_ms, greatest_counter FROM heads "
            "WHERE account = ?");
        m_device = prepare("SELECT last, hash FROM devices WHERE account = ? AND device = ?");
        m_refusals = prepare(
            "SELECT number, reason FROM refusals WHERE account = ? AND device = ? AND number > ? "
            "ORDER BY number");
        m_find = prepare("SELECT body, version FROM documents WHERE account = ? AND id = ?");
        m_save = prepare(
            "INSERT INTO documents (account, id, bucket, version, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (account, id) DO UPDATE SET bucket = excluded.bucket, "
            "version = excluded.version, body = excluded.body");
        m_saveDevice = prepare(
            "INSERT INTO devices (account, device, last, hash) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (account, device) DO UPDATE SET last = excluded.last, "
            "hash = excluded.hash");
        m_saveHead = prepare(
            "UPDATE heads SET version = ?, token = ?, greatest_ms = ?, greatest_counter = ? "
            "WHERE account = ?");
        m_saveVersion = prepare(
            "INSERT INTO versions (account, version, token) VALUES (?, ?, ?) "
            "ON CONFLICT (account, version) DO UPDATE SET token = excluded.token");
    }
    ~BareSqlite() override {
        for (sqlite3_stmt* statement : {m_head, m_device, m_refusals, m_find, m_save, m_saveDevice,
                                        m_saveHead, m_saveVersion})
            sqlite3_finalize(statement);
        sqlite3_close(m_handle);
    }

    void apply(const BareBatch& batch) override {
        run("BEGIN IMMEDIATE");
        std::int64_t version = 0;
        step(
            m_head, [&] { version = sqlite3_column_int64(m_head, 1); }, m_account);
        step(
            m_device, [] {}, m_account, batch.device);
        step(
            m_refusals, [] {}, m_account, batch.device,
            std::int64_t(batch.number - batch.documents.size()));
        for (const BareBatch::Document& document : batch.documents)
            step(
                m_find, [] {}, m_account, document.id);
        version = next(version);
        const auto nothing = [] {};
        step(m_saveDevice, nothing, m_account, batch.device, std::int64_t(batch.number),
             batch.hash);
        for (const BareBatch::Document& document : batch.documents)
            step(m_save, nothing, m_account, document.id, std::int64_t(Bucket::kOpen), version,
                 document.body);
        step(m_saveHead, nothing, version, std::string(kToken), batch.greatestMs, std::int64_t(0),
             m_account);
        step(m_saveVersion, nothing, m_account, version, std::string(kToken));
        run("COMMIT");
    }

private:
    void require(int code) {
        if (code != SQLITE_OK && code != SQLITE_DONE)
            throw Failure(std::string("bare SQLite: ") + sqlite3_errmsg(m_handle));
    }
    void run(const char* sql) { require(sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr)); }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        require(
            sqlite3_prepare_v3(m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    static void bind(sqlite3_stmt* statement, int at, std::int64_t value) {
        sqlite3_bind_int64(statement, at, value);
    }
    static void bind(sqlite3_stmt* statement, int at, const std::string& value) {
        sqlite3_bind_text(statement, at, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
    }
    template <typename Row, typename... Values>
    void step(sqlite3_stmt* statement, const Row& row, const Values&... values) {
        int at = 0;
        (bind(statement, ++at, values), ...);
        int code = sqlite3_step(statement);
        for (; code == SQLITE_ROW; code = sqlite3_step(statement)) row();
        require(code);
        sqlite3_reset(statement);
    }

    const std::int64_t m_account;
    sqlite3* m_handle = nullptr;
    sqlite3_stmt* m_head = nullptr;
    sqlite3_stmt* m_device = nullptr;
    sqlite3_stmt* m_refusals = nullptr;
    sqlite3_stmt* m_find = nullptr;
    sqlite3_stmt* m_save = nullptr;
    sqlite3_stmt* m_saveDevice = nullptr;
    sqlite3_stmt* m_saveHead = nullptr;
    sqlite3_stmt* m_saveVersion = nullptr;
};

/// An array in PostgreSQL's binary form.
std::string arrayOf(std::uint32_t type, const std::vector<std::string>& elements) {
    std::string bytes;
    const auto number = [&](std::uint64_t value) {
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
    };
    for (const std::uint64_t value : {std::uint64_t(1), std::uint64_t(0), std::uint64_t(type),
                                      elements.size(), std::uint64_t(1)})
        number(value);
    for (const std::string& element : elements) {
        number(element.size());
        bytes += element;
    }
    return bytes;
}

std::string bigEndian(std::int64_t value) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
    return bytes;
}

/// Two round trips: what is read, and what is written with the commit.
class BarePostgresql final : public BareLedger {
public:
    BarePostgresql(const std::string& url, std::int64_t account)
        : m_account(std::to_string(account)), m_handle(PQconnectdb(url.c_str())) {
        if (PQstatus(m_handle) != CONNECTION_OK) throw Failure(PQerrorMessage(m_handle));
        for (const auto& [name, sql] : kStatements) {
            PGresult* result = PQprepare(m_handle, name, sql, 0, nullptr);
            const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
            PQclear(result);
            if (!done) throw Failure(PQerrorMessage(m_handle));
        }
        PQenterPipelineMode(m_handle);
    }
    ~BarePostgresql() override { PQfinish(m_handle); }

    void apply(const BareBatch& batch) override {
        std::vector<std::string> ids, bodies, buckets, versions;
        for (const BareBatch::Document& document : batch.documents) {
            ids.push_back(document.id);
            bodies.push_back(document.body);
        }
        constexpr std::uint32_t kText = 25, kInt8 = 20;
        const Value idArray{arrayOf(kText, ids), true};
        const std::string before = std::to_string(batch.number - ids.size());
        send("begin", {});
        send("head", {{m_account}});
        send("device", {{m_account}, {batch.device}});
        send("refusals", {{m_account}, {batch.device}, {before}});
        send("find", {{m_account}, idArray});
        const std::int64_t version = next(collect());
        buckets.assign(ids.size(), bigEndian(Bucket::kOpen));
        versions.assign(ids.size(), bigEndian(version));
        const std::string versionText = std::to_string(version);
        send("device_save",
             {{m_account}, {batch.device}, {std::to_string(batch.number)}, {batch.hash}});
        send("head_save",
             {{versionText}, {kToken}, {std::to_string(batch.greatestMs)}, {"0"}, {m_account}});
        send("version_save", {{m_account}, {versionText}, {kToken}});
        send("save", {{m_account},
                      idArray,
                      {arrayOf(kInt8, buckets), true},
                      {arrayOf(kInt8, versions), true},
                      {arrayOf(kText, bodies), true}});
        send("commit", {});
        collect();
    }

private:
    struct Value {
        std::string bytes;
        bool binary = false;
    };
    static constexpr std::pair<const char*, const char*> kStatements[] = {
        {"begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"},
        {"head",
         "SELECT incarnation, version, token, greatest_ms, greatest_counter FROM heads "
         "WHERE account = $1 FOR UPDATE"},
        {"device", "SELECT last, hash FROM devices WHERE account = $1 AND device = $2"},
        {"refusals",
         "SELECT number, reason FROM refusals WHERE account = $1 AND device = $2 AND number > $3 "
         "ORDER BY number"},
        {"find", "SELECT id, body, version FROM documents WHERE account = $1 AND id = ANY($2)"},
        {"device_save",
         "INSERT INTO devices (account, device, last, hash) VALUES ($1, $2, $3, $4) ON CONFLICT "
         "(account, device) DO UPDATE SET last = excluded.last, hash = excluded.hash"},
        {"head_save",
         "UPDATE heads SET version = $1, token = $2, greatest_ms = $3, greatest_counter = $4 "
         "WHERE account = $5"},
        {"version_save",
         "INSERT INTO versions (account, version, token) VALUES ($1, $2, $3) ON CONFLICT "
         "(account, version) DO UPDATE SET token = excluded.token"},
        {"save",
         "INSERT INTO documents (account, id, bucket, version, body) SELECT $1::bigint, * FROM "
         "unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) ON CONFLICT (account, id) "
         "DO UPDATE SET bucket = excluded.bucket, version = excluded.version, "
         "body = excluded.body"},
        {"commit", "COMMIT"},
    };

    void send(const char* name, const std::vector<Value>& values) {
        std::vector<const char*> bytes;
        std::vector<int> lengths, formats;
        for (const Value& value : values) {
            bytes.push_back(value.bytes.data());
            lengths.push_back(static_cast<int>(value.bytes.size()));
            formats.push_back(value.binary);
        }
        if (PQsendQueryPrepared(m_handle, name, static_cast<int>(values.size()), bytes.data(),
                                lengths.data(), formats.data(), 0) != 1)
            throw Failure(PQerrorMessage(m_handle));
        ++m_unread;
    }

    /// Reads all answers; the version of the head, where it was among them.
    std::int64_t collect() {
        PQpipelineSync(m_handle);
        std::int64_t version = kNoHead;
        for (; m_unread > 0; --m_unread)
            while (PGresult* result = PQgetResult(m_handle)) {
                if (PQresultStatus(result) == PGRES_FATAL_ERROR)
                    throw Failure(PQresultErrorMessage(result));
                if (PQnfields(result) == 5 && PQntuples(result) == 1)
                    version = std::stoll(PQgetvalue(result, 0, 1));
                PQclear(result);
            }
        PQclear(PQgetResult(m_handle));
        return version;
    }

    const std::string m_account;
    PGconn* m_handle;
    int m_unread = 0;
};

}  // namespace

std::vector<BareBatch> bareBatches(const Person& person, int batches, int commands) {
    CommandMaker maker(person.incarnation, "bare00000000000");
    std::vector<BareBatch> made;
    for (int i = 0; i < batches; ++i) {
        const sync::ApplyRequest request = maker.next(commands);
        BareBatch& batch = made.emplace_back();
        batch.device = request.device;
        batch.hash = QByteArray::fromStdString(request.previousHash).toHex().toStdString();
        batch.number = request.commands.back().number;
        for (const sync::NumberedCommand& numbered : request.commands) {
            const Command& command = numbered.command;
            const auto effect = effectOf(command.what, command.payload);
            if (!effect) throw Failure(effect.error().message);
            Document document{effect->taskId, {}};
            merge(document, effect->fields, command.stamp);
            batch.documents.push_back({document.id, documentText(document)});
            batch.greatestMs = command.stamp.ms;
        }
    }
    return made;
}

std::unique_ptr<BareLedger> BareLedger::open(const datastore::DatabaseUrl& database,
                                             std::uint32_t account) {
    const std::int64_t key = std::int64_t(account) + 1;  // both databases count from 1
    if (database.path.empty()) return std::make_unique<BarePostgresql>(database.postgresql, key);
    return std::make_unique<BareSqlite>(database.path, key);
}

}  // namespace hashira::bench

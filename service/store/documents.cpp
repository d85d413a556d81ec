// SPDX-License-Identifier: MIT
#include "store/documents.h"

#include <algorithm>
#include <utility>

namespace hashira::store {
namespace {

constexpr std::string_view kRecordColumns =
    "id, version, base, base_bucket, view, pending, generation";

/// A document's text as we wrote it ourselves; empty where it cannot be read.
Document readText(std::string_view text) {
    if (text.empty()) return {};
    auto parsed = readDocument(text);
    return parsed ? std::move(parsed->document) : Document();
}

Record recordOf(const Statement& row) {
    Record record;
    record.id = row.text(0);
    record.version = static_cast<std::uint64_t>(row.integer(1));
    record.baseText = row.text(2);
    if (!row.isNull(3)) record.baseBucket = Bucket{static_cast<int>(row.integer(3))};
    record.view = readText(row.isNull(4) ? row.text(2) : row.text(4));
    record.view.id = record.id;
    record.pending = row.integer(5) != 0;
    record.generation = static_cast<std::uint64_t>(row.integer(6));
    return record;
}

std::string select(std::string_view rest) {
    return "SELECT " + std::string(kRecordColumns) + " FROM documents " + std::string(rest);
}

std::string selectRank(std::string_view condition, std::string_view order) {
    return "SELECT rank, id FROM documents WHERE shown = 1 AND place = ?1 " +
           std::string(condition) + " ORDER BY rank " + std::string(order) + ", id " +
           std::string(order) + " LIMIT 1";
}

/// The scope as ranges of bucket numbers: weeks, then open.
struct Ranges {
    int low = 1, high = 0;  ///< empty
    int open = -1;
};

Ranges rangesOf(const sync::Scope& scope) {
    Ranges ranges;
    if (scope.from) {
        ranges.low = scope.from->index;
        ranges.high = scope.to ? scope.to->index : Bucket::kOpen - 1;
    }
    if (scope.open) ranges.open = Bucket::kOpen;
    return ranges;
}

/// So many records are written with one statement: see the outbox's kRowsAtOnce.
constexpr std::size_t kRowsAtOnce = 16;

std::string putRows(std::size_t count) {
    std::string sql =
        "INSERT INTO documents (id, version, base, base_bucket, view, bucket, shown, place, rank, "
        "pending, generation) VALUES ";
    for (std::size_t i = 0; i < count; ++i)
        sql += (i == 0 ? "" : ",") + std::string("(?,?,?,?,?,?,?,?,?,?,?)");
    return sql +
           " ON CONFLICT (id) DO UPDATE SET version=excluded.version, base=excluded.base, "
           "base_bucket=excluded.base_bucket, view=excluded.view, bucket=excluded.bucket, "
           "shown=excluded.shown, place=excluded.place, rank=excluded.rank, "
           "pending=excluded.pending, generation=excluded.generation";
}

/// A record and the texts that are bound for it.
struct PutRow {
    explicit PutRow(const Record& of) : record(of), rank(of.view.string("rank")) {
        // Without a command over it the view is the base.
        if (record.pending || record.baseText.empty()) view = documentText(record.view);
        if (view == record.baseText) view.reset();
    }
    /// Binds it after `at` parameters.
    int bind(Statement& statement, int at) const {
        const std::optional<std::string_view> base =
            record.baseText.empty() ? std::nullopt
                                    : std::optional<std::string_view>(record.baseText);
        const std::optional<int> baseBucket =
            record.baseBucket ? std::optional<int>(record.baseBucket->number) : std::nullopt;
        return statement.bindAfter(at, record.id, record.version, base, baseBucket, view,
                                   record.view.bucket().number, static_cast<int>(record.shown()),
                                   static_cast<int>(placeOf(record.view.value("place"))), rank,
                                   record.pending ? 1 : 0, record.generation);
    }
    const Record& record;
    const std::string rank;
    std::optional<std::string> view;
};

Result<std::vector<std::string>> ids(Statement& rows) {
    std::vector<std::string> found;
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) {
            std::sort(found.begin(), found.end());
            return found;
        }
        found.emplace_back(rows.text(0));
    }
}

}  // namespace

Document Record::base() const {
    Document document = readText(baseText);
    document.id = id;
    return document;
}

struct Documents::Statements {
    explicit Statements(Database& db)
        : record(db.prepare(select("WHERE id = ?"))),
          version(db.prepare("SELECT version FROM documents WHERE id = ?")),
          each(db.prepare(select("WHERE bucket >= ? AND bucket <= ? AND shown > 0"))),
          put(db.prepare(putRows(1))),
          putMany(db.prepare(putRows(kRowsAtOnce))),
          remove(db.prepare("DELETE FROM documents WHERE id = ?")),
          first(db.prepare(selectRank("", "ASC"))),
          last(db.prepare(selectRank("", "DESC"))),
          next(db.prepare(selectRank("AND (rank, id) > (?2, ?3)", "ASC"))),
          previous(db.prepare(selectRank("AND (rank, id) < (?2, ?3)", "DESC"))) {}
    Statement record, version, each, put, putMany, remove, first, last, next, previous;
};

Documents::Documents(std::unique_ptr<Database> database)
    : m_database(std::move(database)),
      m_meta(*m_database),
      m_sql(std::make_unique<Statements>(*m_database)) {}

Documents::~Documents() = default;

Result<std::unique_ptr<Documents>> Documents::open(const std::string& path) {
    auto database =
        Database::open({path, "documents", {"meta", "covered", "documents", "staged"}, false});
    if (!database) return database.error();
    std::unique_ptr<Documents> documents(new Documents(std::move(*database)));
    if (documents->database().damaged())
        return Error{ErrorCode::kCorrupt, path + ": its tables cannot be read"};
    if (const auto state = documents->state(); !state) return state.error();
    return documents;
}

Result<BaseState> Documents::state() {
    BaseState state;
    std::string token;
    std::int64_t version = 0, hasCursor = 0, from = -1, clock = 0, counter = 0;
    std::int64_t reflected = 0, generation = 0;
    const Status read = m_meta.read(
        "account", state.account, "incarnation", state.incarnation, "cursor_version", version,
        "cursor_token", token, "has_cursor", hasCursor, "window_from", from, "clock_ms", clock,
        "clock_counter", counter, "reflected", reflected, "generation", generation, "last_sync_ms",
        state.lastSyncMs, "last_doctor_ms", state.lastDoctorMs);
    if (!read) return read.error();
    if (version != 0 || hasCursor != 0)
        state.cursor = {static_cast<std::uint64_t>(version), std::move(token)};
    if (from >= 0) state.windowFrom = Week{static_cast<int>(from)};
    state.clock = {clock, static_cast<std::uint32_t>(counter)};
    state.reflected = static_cast<std::uint64_t>(reflected);
    state.generation = static_cast<std::uint64_t>(generation);
    Statement rows = m_database->prepare("SELECT device, number FROM covered");
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) {
            m_saved = state;
            m_savedRollbacks = m_database->rollbacks();
            return state;
        }
        state.covered[std::string(rows.text(0))] = static_cast<std::uint64_t>(rows.integer(1));
    }
}

Status Documents::saveState(const BaseState& state) {
    if (m_savedRollbacks != m_database->rollbacks())
        if (const auto read = this->state(); !read) return read.error();
    const BaseState& old = m_saved;
    Status done;
    const auto number = [&](const char* key, std::int64_t now, std::int64_t saved) {
        if (done && now != saved) done = m_meta.set(key, now);
    };
    const auto text = [&](const char* key, const std::string& now, const std::string& saved) {
        if (done && now != saved) done = m_meta.set(key, std::string_view(now));
    };
    const auto integer = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    const auto cursor = [](const BaseState& s) { return s.cursor.value_or(sync::Cursor{}); };
    const auto from = [](const BaseState& s) { return s.windowFrom ? s.windowFrom->index : -1; };
    number("has_cursor", state.cursor.has_value(), old.cursor.has_value());
    number("cursor_version", integer(cursor(state).version), integer(cursor(old).version));
    text("cursor_token", cursor(state).token, cursor(old).token);
    number("window_from", from(state), from(old));
    number("clock_ms", state.clock.ms, old.clock.ms);
    number("clock_counter", state.clock.counter, old.clock.counter);
    number("reflected", integer(state.reflected), integer(old.reflected));
    number("generation", integer(state.generation), integer(old.generation));
    number("last_sync_ms", state.lastSyncMs, old.lastSyncMs);
    number("last_doctor_ms", state.lastDoctorMs, old.lastDoctorMs);
    text("account", state.account, old.account);
    text("incarnation", state.incarnation, old.incarnation);
    if (done && state.covered != old.covered) done = saveCovered(state.covered);
    if (!done) return done;
    m_saved = state;
    return {};
}

Status Documents::saveCovered(const Covered& covered) {
    if (const Status cleared = m_database->execute("DELETE FROM covered"); !cleared) return cleared;
    Statement insert = m_database->prepare("INSERT INTO covered (device, number) VALUES (?, ?)");
    for (const auto& [device, number] : covered)
        if (const Status done = insert.bind(device, number).run(); !done) return done;
    return {};
}

Status Documents::saveReflected(std::uint64_t change) {
    m_saved.reflected = change;
    return m_meta.set("reflected", static_cast<std::int64_t>(change));
}

Result<std::optional<Record>> Documents::record(const std::string& id) {
    const auto row = m_sql->record.bind(id).step();
    if (!row) return row.error();
    if (!*row) return std::optional<Record>();
    std::optional<Record> record = recordOf(m_sql->record);
    m_sql->record.reset();
    return record;
}

Result<std::uint64_t> Documents::baseVersion(const std::string& id) {
    const auto row = m_sql->version.bind(id).step();
    if (!row) return row.error();
    const auto version = *row ? static_cast<std::uint64_t>(m_sql->version.integer(0)) : 0;
    m_sql->version.reset();
    return version;
}

Status Documents::put(const Record& record) {
    const PutRow row(record);
    m_sql->put.reset();
    row.bind(m_sql->put, 0);
    return m_sql->put.run();
}

Status Documents::put(const std::vector<const Record*>& records) {
    std::size_t at = 0;
    for (; records.size() - at >= kRowsAtOnce; at += kRowsAtOnce) {
        std::vector<PutRow> rows;
        rows.reserve(kRowsAtOnce);  // bound texts stay where they are
        m_sql->putMany.reset();
        int bound = 0;
        for (std::size_t i = 0; i < kRowsAtOnce; ++i)
            bound = rows.emplace_back(*records[at + i]).bind(m_sql->putMany, bound);
        if (const Status done = m_sql->putMany.run(); !done) return done;
    }
    for (; at < records.size(); ++at)
        if (const Status done = put(*records[at]); !done) return done;
    return {};
}

Status Documents::remove(const std::string& id) {
    return m_sql->remove.bind(id).run();
}

Status Documents::each(Bucket low, Bucket high, const std::function<void(const Record&)>& visit) {
    m_sql->each.bind(low.number, high.number);
    for (;;) {
        const auto row = m_sql->each.step();
        if (!row) return row.error();
        if (!*row) return {};
        visit(recordOf(m_sql->each));
    }
}

Result<std::optional<RankAt>> Documents::neighbour(Statement& statement) {
    const auto row = statement.step();
    if (!row) return row.error();
    std::optional<RankAt> found;
    if (*row) found = {std::string(statement.text(0)), std::string(statement.text(1))};
    statement.reset();
    return found;
}

Result<std::optional<RankAt>> Documents::first(Place place) {
    return neighbour(m_sql->first.bind(static_cast<int>(place)));
}

Result<std::optional<RankAt>> Documents::last(Place place) {
    return neighbour(m_sql->last.bind(static_cast<int>(place)));
}

Result<std::optional<RankAt>> Documents::next(Place place, const RankAt& at) {
    return neighbour(m_sql->next.bind(static_cast<int>(place), at.rank, at.id));
}

Result<std::optional<RankAt>> Documents::previous(Place place, const RankAt& at) {
    return neighbour(m_sql->previous.bind(static_cast<int>(place), at.rank, at.id));
}

Result<Documents::PushBatch> Documents::pushBatch(const std::string& after, std::size_t bytes) {
    PushBatch batch{"[", {}};
    Statement rows = m_database->prepare(
        "SELECT id, base FROM documents WHERE id > ? AND base IS NOT NULL ORDER BY id");
    rows.bind(after);
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) {
            batch.last.clear();
            break;
        }
        if (batch.json.size() > 1 && batch.json.size() + rows.text(1).size() > bytes) break;
        if (batch.json.size() > 1) batch.json += ',';
        batch.json += rows.text(1);
        batch.last = rows.text(0);
    }
    batch.json += ']';
    return batch;
}

Status Documents::stage(const std::string& chunk) {
    return m_database->prepare("INSERT INTO staged (chunk) VALUES (?)").bind(chunk).run();
}

Status Documents::eachStaged(const std::function<Status(std::string_view)>& visit) {
    Statement rows = m_database->prepare("SELECT chunk FROM staged ORDER BY seq");
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) return {};
        if (const Status done = visit(rows.text(0)); !done) return done;
    }
}

Status Documents::clearStage() {
    return m_database->execute("DELETE FROM staged");
}

Result<std::vector<std::string>> Documents::missing(const sync::Scope& scope,
                                                    std::uint64_t generation) {
    const Ranges ranges = rangesOf(scope);
    Statement rows = m_database->prepare(
        "SELECT id FROM documents WHERE base_bucket IS NOT NULL AND generation <> ?4 AND "
        "((base_bucket >= ?1 AND base_bucket <= ?2) OR base_bucket = ?3)");
    return ids(rows.bind(ranges.low, ranges.high, ranges.open, generation));
}

Result<std::vector<std::string>> Documents::evictable(Week oldest) {
    Statement rows = m_database->prepare(
        "SELECT id FROM documents INDEXED BY documents_bucket WHERE bucket < ?1 AND pending = 0 "
        "AND "
        "(base_bucket IS NULL OR base_bucket < ?1)");
    return ids(rows.bind(oldest.index));
}

Result<std::vector<Documents::BucketState>> Documents::digests(const sync::Scope& scope) {
    const Ranges ranges = rangesOf(scope);
    Statement rows = m_database->prepare(
        "SELECT base_bucket, id, version FROM documents WHERE base_bucket IS NOT NULL AND "
        "((base_bucket >= ?1 AND base_bucket <= ?2) OR base_bucket = ?3) ORDER BY base_bucket, id");
    rows.bind(ranges.low, ranges.high, ranges.open);
    std::vector<BucketState> states;
    std::optional<BucketDigest> digest;
    int current = -1;
    const auto finish = [&] {
        if (digest) states.push_back({Bucket{current}, digest->digest(), digest->count()});
    };
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) break;
        if (!digest || rows.integer(0) != current) {
            finish();
            digest.emplace();
            current = static_cast<int>(rows.integer(0));
        }
        digest->add(rows.text(1), static_cast<std::uint64_t>(rows.integer(2)));
    }
    finish();
    return states;
}

Result<std::uint64_t> Documents::count() {
    Statement rows = m_database->prepare("SELECT count(*) FROM documents");
    const auto row = rows.step();
    if (!row) return row.error();
    return static_cast<std::uint64_t>(rows.integer(0));
}

}  // namespace hashira::store

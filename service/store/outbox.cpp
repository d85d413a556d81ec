// SPDX-License-Identifier: MIT
#include "store/outbox.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace hashira::store {
namespace {

/// Columns that commandOf reads, from the first.
constexpr std::string_view kCommandColumns =
    "c.command_id, c.what, c.task, c.payload, c.stamp_ms, c.stamp_counter, c.stamp_origin";
constexpr int kAfterCommand = 7;

Command commandOf(const Statement& row) {
    Command command;
    command.commandId = row.text(0);
    command.what = static_cast<What>(row.integer(1));
    command.taskId = row.text(2);
    command.payload = row.text(3);
    command.stamp = {row.integer(4), static_cast<std::uint32_t>(row.integer(5)),
                     std::string(row.text(6))};
    return command;
}

std::string selectCommands(std::string_view more, std::string_view rest) {
    return "SELECT " + std::string(kCommandColumns) + std::string(more) + " FROM commands c " +
           std::string(rest);
}

/// Calls `each` for every row; resets the statement whatever happens.
template <typename Each>
Status forRows(Statement& statement, Each each) {
    for (;;) {
        const auto row = statement.step();
        if (!row) return row.error();
        if (!*row) return {};
        each(statement);
    }
}

OutboxRow rowOf(const Statement& row) {
    return {commandOf(row), std::string(row.text(kAfterCommand)),
            static_cast<std::uint64_t>(row.integer(kAfterCommand + 1)),
            static_cast<CommandState>(row.integer(kAfterCommand + 2)),
            std::string(row.text(kAfterCommand + 3))};
}

constexpr std::string_view kRowColumns =
    ", (SELECT d.device FROM devices d WHERE d.ref = c.device), c.number, c.state, c.reason";

std::uint64_t coveredOf(const Covered& covered, const std::string& device) {
    const auto found = covered.find(device);
    return found == covered.end() ? 0 : found->second;
}

Outbox::Tasks unique(Outbox::Tasks tasks) {
    std::sort(tasks.begin(), tasks.end());
    tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
    return tasks;
}

/// So many new rows go into the file with one statement: opening and closing the table and its
/// indexes for it costs a third of what a row by itself does, and more rows gain little.
constexpr std::size_t kRowsAtOnce = 16;

std::string insertRows(std::size_t count) {
    // FAIL: what was inserted before an error need not be undone, as the transaction is.
    std::string sql =
        "INSERT OR FAIL INTO commands (device, number, command_id, what, task, payload, stamp_ms, "
        "stamp_counter, stamp_origin, seen_ms, seen_counter, hash, state, accepted, change) "
        "VALUES ";
    for (std::size_t i = 0; i < count; ++i)
        sql += (i == 0 ? "" : ",") + std::string("(?,?,?,?,?,?,?,?,?,?,?,?,0,0,?)");
    return sql;
}

}  // namespace

struct Outbox::Statements {
    explicit Statements(Database& db)
        : append(db.prepare(insertRows(1))),
          appendMany(db.prepare(insertRows(kRowsAtOnce))),
          takeBack(db.prepare("DELETE FROM commands WHERE device = ? AND number > ?")),
          find(db.prepare(selectCommands(kRowColumns, "WHERE c.command_id = ? AND c.state <> 4"))),
          overlay(db.prepare(selectCommands(", d.device, c.number, c.state",
                                            "JOIN devices d ON d.ref = c.device "
                                            "WHERE c.task = ? AND c.state <= 1 ORDER BY c.seq"))),
          batch(db.prepare(
              selectCommands(", c.number, c.accepted, c.state",
                             "WHERE c.device = ? AND c.number >= ? ORDER BY c.number"))) {}
    Statement append, appendMany, takeBack, find, overlay, batch;
};

Outbox::Outbox(std::unique_ptr<Database> database)
    : m_database(std::move(database)),
      m_meta(*m_database),
      m_sql(std::make_unique<Statements>(*m_database)) {
    m_database->holdBack([this] { return writeNew(); }, [this] { m_new.clear(); });
}

Outbox::~Outbox() = default;

Result<std::unique_ptr<Outbox>> Outbox::open(const std::string& path, const std::string& origin) {
    auto database = Database::open({path, "outbox", {"meta", "devices", "commands"}, true});
    if (!database) return database.error();
    std::unique_ptr<Outbox> outbox(new Outbox(std::move(*database)));
    if (outbox->database().damaged())
        return Error{ErrorCode::kCorrupt, path + ": its tables cannot be read"};
    outbox->m_origin = origin;
    if (const Status made = outbox->makeFirstDevice(origin); !made) return made.error();
    if (const Status read = outbox->reload(); !read) return read.error();
    return outbox;
}

Status Outbox::makeFirstDevice(const std::string& device) {
    const auto known = devices();
    if (!known) return known.error();
    if (!known->empty()) return {};
    const Hash start = chainStart();
    return m_database
        ->prepare(
            "INSERT INTO devices (device, current, confirmed, pruned_number, pruned_hash) "
            "VALUES (?, 1, 0, 0, ?)")
        .bind(device, Blob{start})
        .run();
}

Status Outbox::reload() {
    Statement rows = m_database->prepare("SELECT ref, device FROM devices WHERE current = 1");
    const auto row = rows.step();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kCorrupt, m_database->path() + ": has no current device"};
    DeviceRow current;
    current.ref = rows.integer(0);
    current.device = rows.text(1);
    if (const Status tail = readTail(current); !tail) return tail;
    // Each part by its index: a log of a million commands must not make a start slow.
    Statement changes = m_database->prepare(
        "SELECT max(coalesce((SELECT change FROM commands ORDER BY seq DESC LIMIT 1), 0), "
        "coalesce((SELECT max(altered) FROM commands WHERE altered IS NOT NULL), 0))");
    const auto changed = changes.step();
    if (!changed) return changed.error();
    std::string account;
    std::int64_t clock = 0, counter = 0, offset = 0, paused = 0, until = 0, change = 0;
    const Status read =
        m_meta.read("account", account, "clock_ms", clock, "clock_counter", counter, "offset_ms",
                    offset, "paused", paused, "paused_until_ms", until, "change", change);
    if (!read) return read;
    m_current = std::move(current);
    m_account = std::move(account);
    m_clock = {clock, static_cast<std::uint32_t>(counter)};
    m_clockOffsetMs = offset;
    m_pause = {paused != 0, until};
    m_change = static_cast<std::uint64_t>(std::max(changes.integer(0), change));
    return {};
}

Status Outbox::readTail(DeviceRow& row) {
    Statement tail = m_database->prepare(
        "SELECT number, hash FROM commands WHERE device = ? ORDER BY number DESC LIMIT 1");
    auto found = tail.bind(row.ref).step();
    if (found && !*found) {
        tail = m_database->prepare("SELECT pruned_number, pruned_hash FROM devices WHERE ref = ?");
        found = tail.bind(row.ref).step();
    }
    if (!found) return found.error();
    row.highest = static_cast<std::uint64_t>(tail.integer(0));
    row.hash = tail.text(1);
    return {};
}

Status Outbox::setAccount(const std::string& account) {
    m_account = account;
    return m_meta.set("account", std::string_view(account));
}

Status Outbox::setPause(const front::Pause& pause) {
    m_pause = pause;
    const Status set = m_meta.set("paused", pause.paused ? 1 : 0);
    return set ? m_meta.set("paused_until_ms", pause.untilMs) : set;
}

Status Outbox::setClockOffsetMs(std::int64_t offsetMs) {
    m_clockOffsetMs = offsetMs;
    return m_meta.set("offset_ms", offsetMs);
}

Result<std::vector<Device>> Outbox::devices() {
    std::vector<Device> devices;
    Statement rows = m_database->prepare(
        "SELECT d.device, d.confirmed, d.current, coalesce((SELECT max(c.number) FROM commands c "
        "WHERE c.device = d.ref), d.pruned_number) FROM devices d ORDER BY d.device");
    const Status read = forRows(rows, [&](const Statement& row) {
        devices.push_back({std::string(row.text(0)), static_cast<std::uint64_t>(row.integer(1)),
                           static_cast<std::uint64_t>(row.integer(3)), row.integer(2) != 0});
    });
    if (!read) return read.error();
    return devices;
}

Result<std::uint64_t> Outbox::countRejected() {
    Statement rows = m_database->prepare("SELECT count(*) FROM commands WHERE state = 2");
    const auto row = rows.step();
    if (!row) return row.error();
    return static_cast<std::uint64_t>(rows.integer(0));
}

Result<std::uint64_t> Outbox::append(Command command, HlcTime seen) {
    m_current.hash = chainNext(m_current.hash, command.commandId, command.payload);
    m_clock = std::max(m_clock, HlcTime(command.stamp));
    m_new.push_back({std::move(command), ++m_current.highest, seen, m_current.hash, nextChange()});
    if (m_new.size() >= kRowsAtOnce)
        if (const Status written = writeNew(); !written) return written.error();
    return m_current.highest;
}

Status Outbox::writeNew() {
    const std::vector<NewRow> rows = std::exchange(m_new, {});
    for (std::size_t i = 0; i < rows.size();) {
        const std::size_t count = rows.size() - i < kRowsAtOnce ? 1 : kRowsAtOnce;
        Statement& insert = count == 1 ? m_sql->append : m_sql->appendMany;
        insert.reset();
        int bound = 0;
        for (const std::size_t end = i + count; i < end; ++i) {
            const auto& [command, number, seen, hash, change] = rows[i];
            bound = insert.bindAfter(
                bound, m_current.ref, number, command.commandId, static_cast<int>(command.what),
                command.taskId, command.payload, command.stamp.ms, command.stamp.counter,
                command.stamp.origin, seen.ms, seen.counter, Blob{hash}, change);
        }
        if (const Status done = insert.run(); !done) return done;
    }
    return {};
}

Status Outbox::takeBack(const Mark& mark) {
    Status done = writeNew();
    if (done) done = m_sql->takeBack.bind(m_current.ref, mark.number).run();
    if (!done) return done;
    m_current.highest = mark.number;
    m_current.hash = mark.hash;
    m_clock = mark.clock;
    m_change = mark.change;
    return {};
}

Status Outbox::saveClock() {
    if (const Status set = m_meta.set("clock_ms", m_clock.ms); !set) return set;
    return m_meta.set("clock_counter", static_cast<std::int64_t>(m_clock.counter));
}

Status Outbox::saveChange() {
    return m_meta.set("change", static_cast<std::int64_t>(m_change));
}

Result<std::optional<OutboxRow>> Outbox::find(const std::string& commandId) {
    if (const Status written = writeNew(); !written) return written.error();
    const auto found = m_sql->find.bind(commandId).step();
    if (!found) return found.error();
    if (!*found) return std::optional<OutboxRow>();
    std::optional<OutboxRow> row = rowOf(m_sql->find);
    m_sql->find.reset();
    return row;
}

Result<std::vector<Command>> Outbox::overlay(const std::string& task, const Covered& covered) {
    if (const Status written = writeNew(); !written) return written.error();
    std::vector<Command> commands;
    const Status read = forRows(m_sql->overlay.bind(task), [&](const Statement& row) {
        const auto number = static_cast<std::uint64_t>(row.integer(kAfterCommand + 1));
        const bool confirmed = row.integer(kAfterCommand + 2) == 1;
        if (confirmed && number <= coveredOf(covered, std::string(row.text(kAfterCommand)))) return;
        commands.push_back(commandOf(row));
    });
    if (!read) return read.error();
    return commands;
}

Result<std::int64_t> Outbox::refOf(const std::string& device) {
    if (device == m_current.device) return m_current.ref;
    Statement ref = m_database->prepare("SELECT ref FROM devices WHERE device = ?");
    const auto row = ref.bind(device).step();
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kNotFound, "no device " + device + " in the outbox"};
    return ref.integer(0);
}

Result<std::vector<sync::NumberedCommand>> Outbox::batch(const std::string& device,
                                                         std::uint64_t from, std::size_t most,
                                                         std::size_t bytes) {
    if (const Status written = writeNew(); !written) return written.error();
    const auto ref = refOf(device);
    if (!ref) return ref.error();
    std::vector<sync::NumberedCommand> commands;
    std::size_t size = 0;
    Statement& rows = m_sql->batch.bind(*ref, from);
    while (commands.size() < most) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) break;
        size += rows.text(3).size() + 200;
        if (!commands.empty() && size > bytes) break;
        commands.push_back({static_cast<std::uint64_t>(rows.integer(kAfterCommand)),
                            commandOf(rows), rows.integer(kAfterCommand + 1) != 0,
                            rows.integer(kAfterCommand + 2) >= 2});
    }
    rows.reset();
    return commands;
}

Result<std::optional<Hash>> Outbox::hashAt(const std::string& device, std::uint64_t number) {
    const auto ref = refOf(device);
    if (!ref) return ref.error();
    Statement rows = m_database->prepare(
        "SELECT hash FROM commands WHERE device = ? AND number <= ? ORDER BY number DESC LIMIT 1");
    auto row = rows.bind(*ref, number).step();
    if (row && !*row) {
        rows = m_database->prepare(
            "SELECT pruned_hash FROM devices WHERE ref = ? AND pruned_number <= ?");
        row = rows.bind(*ref, number).step();
    }
    if (!row) return row.error();
    return *row ? std::optional<Hash>(rows.text(0)) : std::nullopt;
}

Result<Outbox::Tasks> Outbox::confirm(const std::string& device, std::uint64_t through,
                                      Accepted how, const std::vector<sync::Refusal>& refusals) {
    const auto ref = refOf(device);
    if (!ref) return ref.error();
    const std::uint64_t change = nextChange();
    Tasks tasks;
    Statement refuse = m_database->prepare(
        "UPDATE commands SET state = 2, reason = ?3, accepted = max(accepted, ?4), altered = ?5 "
        "WHERE device = ?1 AND number = ?2 AND state = 0 RETURNING task");
    for (const sync::Refusal& refusal : refusals) {
        refuse.bind(*ref, refusal.number, refusal.reason, static_cast<int>(how), change);
        const Status done =
            forRows(refuse, [&](const Statement& row) { tasks.emplace_back(row.text(0)); });
        if (!done) return done.error();
    }
    Status done = m_database
                      ->prepare(
                          "UPDATE commands SET state = 1, altered = ?4, "
                          "accepted = CASE accepted WHEN 0 THEN ?3 ELSE accepted END "
                          "WHERE device = ?1 AND state = 0 AND number <= ?2 AND number > "
                          "(SELECT confirmed FROM devices WHERE ref = ?1)")
                      .bind(*ref, through, static_cast<int>(how), change)
                      .run();
    if (done)
        done =
            m_database->prepare("UPDATE devices SET confirmed = max(confirmed, ?2) WHERE ref = ?1")
                .bind(*ref, through)
                .run();
    if (done) done = saveChange();
    if (!done) return done.error();
    return unique(std::move(tasks));
}

Result<Outbox::Tasks> Outbox::unconfirm(const std::string& device, std::uint64_t above) {
    const auto ref = refOf(device);
    if (!ref) return ref.error();
    Tasks tasks;
    Statement update = m_database->prepare(
        "UPDATE commands SET state = 0, altered = ?3 WHERE device = ?1 AND number > ?2 AND state = "
        "1 "
        "RETURNING task");
    Status done = forRows(update.bind(*ref, above, nextChange()),
                          [&](const Statement& row) { tasks.emplace_back(row.text(0)); });
    if (done)
        done =
            m_database->prepare("UPDATE devices SET confirmed = min(confirmed, ?2) WHERE ref = ?1")
                .bind(*ref, above)
                .run();
    if (done) done = saveChange();
    if (!done) return done.error();
    return unique(std::move(tasks));
}

Status Outbox::reopenUnheld(std::int64_t ref, std::uint64_t through, const Held& held) {
    Tasks tasks;
    Statement rows = m_database->prepare(
        "SELECT DISTINCT task FROM commands WHERE device = ? AND state = 1 AND number <= ?");
    const Status read = forRows(rows.bind(ref, through),
                                [&](const Statement& row) { tasks.emplace_back(row.text(0)); });
    if (!read) return read;
    Statement reopen = m_database->prepare(
        "UPDATE commands SET state = 0 WHERE device = ? AND task = ? AND state = 1 AND number <= "
        "?");
    for (const std::string& task : tasks) {
        const auto kept = held(task);
        if (!kept) return kept.error();
        if (*kept) continue;
        if (const Status done = reopen.bind(ref, task, through).run(); !done) return done;
    }
    return {};
}

Result<Outbox::Tasks> Outbox::fork(const std::string& device, const std::string& fresh,
                                   const Covered& covered, const Held& held) {
    const auto ref = refOf(device);
    if (!ref) return ref.error();
    Status done = reopenUnheld(*ref, coveredOf(covered, device), held);
    if (done) done = saveChange();
    if (done)
        done = m_database->prepare("DELETE FROM commands WHERE device = ?1 AND state = 4")
                   .bind(*ref)
                   .run();
    // Kept for whoever sends them again, until prune() forgets them.
    if (done)
        done = m_database
                   ->prepare(
                       "UPDATE commands SET device = NULL, number = NULL WHERE device = ?1 AND "
                       "(state = 3 OR (state = 1 AND number <= ?2))")
                   .bind(*ref, coveredOf(covered, device))
                   .run();
    if (done)
        done = m_database
                   ->prepare(
                       "UPDATE commands SET device = NULL, number = NULL, altered = ?2 "
                       "WHERE device = ?1 AND state = 2")
                   .bind(*ref, nextChange())
                   .run();
    if (done) done = m_database->execute("UPDATE devices SET current = 0");
    const Hash start = chainStart();
    if (done)
        done = m_database
                   ->prepare(
                       "INSERT INTO devices (device, current, confirmed, pruned_number, "
                       "pruned_hash) VALUES (?1, 1, 0, 0, ?2)")
                   .bind(fresh, Blob{start})
                   .run();
    if (!done) return done.error();
    if (const Status reloaded = reload(); !reloaded) return reloaded.error();

    Statement left = m_database->prepare(
        "SELECT seq, command_id, payload, task FROM commands WHERE device = ?1 ORDER BY number");
    Statement renumber = m_database->prepare(
        "UPDATE commands SET device = ?2, number = ?3, hash = ?4, state = 0, altered = ?5 WHERE "
        "seq "
        "= ?1");
    Tasks tasks;
    struct Left {
        std::int64_t seq;
        std::string commandId, payload;
    };
    std::vector<Left> rows;
    done = forRows(left.bind(*ref), [&](const Statement& row) {
        rows.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2))});
        tasks.emplace_back(row.text(3));
    });
    if (!done) return done.error();
    for (const Left& row : rows) {
        m_current.hash = chainNext(m_current.hash, row.commandId, row.payload);
        ++m_current.highest;
        done =
            renumber
                .bind(row.seq, m_current.ref, m_current.highest, Blob{m_current.hash}, nextChange())
                .run();
        if (!done) return done.error();
    }
    done = m_database->prepare("DELETE FROM devices WHERE ref = ?").bind(*ref).run();
    if (done) done = saveChange();
    if (!done) return done.error();
    return unique(std::move(tasks));
}

Result<std::vector<OutboxRow>> Outbox::rejected() {
    std::vector<OutboxRow> rows;
    Statement select =
        m_database->prepare(selectCommands(kRowColumns, "WHERE c.state = 2 ORDER BY c.seq"));
    const Status read = forRows(select, [&](const Statement& row) { rows.push_back(rowOf(row)); });
    if (!read) return read.error();
    return rows;
}

Result<OutboxRow> Outbox::retry(const std::string& commandId) {
    auto found = find(commandId);
    if (!found) return found.error();
    if (!*found || (*found)->state != CommandState::kRejected)
        return Error{ErrorCode::kNotFound, "no rejected command " + commandId};
    Statement old = m_database->prepare(
        "UPDATE commands SET state = 4, altered = ?2 WHERE command_id = ?1 AND state = 2 "
        "RETURNING seen_ms, seen_counter, accepted");
    HlcTime seen;
    std::int64_t accepted = 0;
    Status done = forRows(old.bind(commandId, nextChange()), [&](const Statement& row) {
        seen = {row.integer(0), static_cast<std::uint32_t>(row.integer(1))};
        accepted = row.integer(2);
    });
    if (!done) return done.error();
    OutboxRow row = std::move(**found);
    const HlcTime clock = m_clock;
    const auto number = append(row.command, seen);
    if (!number) return number.error();
    m_clock = std::max(clock, HlcTime(row.command.stamp));
    done =
        m_database->prepare("UPDATE commands SET accepted = ?2 WHERE command_id = ?1 AND state = 0")
            .bind(commandId, accepted)
            .run();
    if (!done) return done.error();
    row.device = m_current.device;
    row.number = *number;
    row.state = CommandState::kPending;
    row.reason.clear();
    return row;
}

Result<OutboxRow> Outbox::discard(const std::string& commandId) {
    auto found = find(commandId);
    if (!found) return found.error();
    if (!*found || (*found)->state != CommandState::kRejected)
        return Error{ErrorCode::kNotFound, "no rejected command " + commandId};
    Status done = m_database
                      ->prepare(
                          "UPDATE commands SET state = 3, altered = ?2 WHERE command_id = ?1 AND "
                          "state = 2")
                      .bind(commandId, nextChange())
                      .run();
    if (done) done = saveChange();
    if (!done) return done.error();
    (*found)->state = CommandState::kDiscarded;
    return std::move(**found);
}

Result<std::uint32_t> Outbox::dependents(const std::string& task, const Covered& covered) {
    const auto commands = overlay(task, covered);
    if (!commands) return commands.error();
    return static_cast<std::uint32_t>(commands->size());
}

Result<Outbox::Tasks> Outbox::changedSince(std::uint64_t change) {
    Tasks tasks;
    Statement altered = m_database->prepare(
        "SELECT task FROM commands INDEXED BY commands_altered WHERE altered > ?");
    const Status read = forRows(altered.bind(change),
                                [&](const Statement& row) { tasks.emplace_back(row.text(0)); });
    if (!read) return read.error();
    // The numbers of appends ascend with seq.
    Statement appended = m_database->prepare("SELECT change, task FROM commands ORDER BY seq DESC");
    for (;;) {
        const auto row = appended.step();
        if (!row) return row.error();
        if (!*row || static_cast<std::uint64_t>(appended.integer(0)) <= change) break;
        tasks.emplace_back(appended.text(1));
    }
    return unique(std::move(tasks));
}

Result<Outbox::Tasks> Outbox::tasksBetween(const std::string& device, std::uint64_t above,
                                           std::uint64_t through) {
    Tasks tasks;
    const auto ref = refOf(device);
    if (!ref && ref.error().code == ErrorCode::kNotFound) return tasks;  // it was forked away
    if (!ref) return ref.error();
    Statement rows = m_database->prepare(
        "SELECT task FROM commands WHERE device = ? AND number > ? AND number <= ?");
    const Status read = forRows(rows.bind(*ref, above, through),
                                [&](const Statement& row) { tasks.emplace_back(row.text(0)); });
    if (!read) return read.error();
    return unique(std::move(tasks));
}

Result<std::uint64_t> Outbox::keptSince(std::int64_t beforeMs) {
    std::int64_t old = 0, change = 0, at = 0;
    const Status read = m_meta.read("old_change", old, "mark_change", change, "mark_ms", at);
    if (!read) return read.error();
    const std::int64_t now = beforeMs + limits::kLogKeptMs;
    // A mark of the future is of a clock that was set back since: it would hold the log up for
    // years.
    if (at != 0 && at > beforeMs && at <= now) return static_cast<std::uint64_t>(old);
    Status done;
    if (at != 0 && at <= beforeMs) done = m_meta.set("old_change", old = change);
    if (done) done = m_meta.set("mark_change", static_cast<std::int64_t>(m_change));
    if (done) done = m_meta.set("mark_ms", now);
    if (!done) return done.error();
    return static_cast<std::uint64_t>(old);
}

Status Outbox::prune(const Covered& covered, std::int64_t beforeMs, std::uint64_t through,
                     std::size_t most) {
    const auto all = devices();
    if (!all) return all.error();
    Statement rows = m_database->prepare(
        "SELECT number, hash, state, stamp_ms, change FROM commands WHERE device = ? "
        "ORDER BY number LIMIT ?");
    for (const Device& device : *all) {
        const auto ref = refOf(device.device);
        if (!ref) return ref.error();
        std::uint64_t last = 0;
        Hash hash;
        bool open = true;
        const Status read =
            forRows(rows.bind(*ref, static_cast<std::int64_t>(most)), [&](const Statement& row) {
                const auto number = static_cast<std::uint64_t>(row.integer(0));
                const auto state = static_cast<CommandState>(row.integer(2));
                const bool settled = state == CommandState::kConfirmed
                                         ? number <= coveredOf(covered, device.device)
                                         : state != CommandState::kPending;
                const bool old = row.integer(3) < beforeMs &&
                                 static_cast<std::uint64_t>(row.integer(4)) <= through;
                open = open && settled && old && number <= device.confirmed;
                if (!open) return;
                last = number;
                hash = row.text(1);
            });
        if (!read) return read;
        if (last == 0) continue;
        Status done = saveChange();
        if (done)
            done = m_database
                       ->prepare(
                           "UPDATE commands SET device = NULL, number = NULL "
                           "WHERE device = ? AND number <= ? AND state = 2")
                       .bind(*ref, last)
                       .run();
        if (done)
            done = m_database->prepare("DELETE FROM commands WHERE device = ? AND number <= ?")
                       .bind(*ref, last)
                       .run();
        if (done)
            done = m_database
                       ->prepare(
                           "UPDATE devices SET pruned_number = ?2, pruned_hash = ?3 WHERE ref = ?1")
                       .bind(*ref, last, Blob{hash})
                       .run();
        if (!done) return done;
    }
    return m_database
        ->prepare(
            "DELETE FROM commands WHERE device IS NULL AND state IN (1, 3) AND stamp_ms < ? "
            "AND change <= ?")
        .bind(beforeMs, through)
        .run();
}

}  // namespace hashira::store

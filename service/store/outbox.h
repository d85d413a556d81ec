// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "model/command.h"
#include "model/front.h"
#include "model/sync.h"
#include "store/database.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hashira::store {

enum class CommandState {
    kPending = 0,
    kConfirmed = 1,
    kRejected = 2,
    kDiscarded = 3,
    kRetried = 4
};

/// Who said that the datastore accepted a command: restamping treats the two differently.
enum class Accepted { kNever = 0, kByApply = 1, kByHello = 2 };

/// Up to which number the base contains a device id's commands; absent: 0.
using Covered = std::map<std::string, std::uint64_t>;

/// A device id of this outbox.
struct Device {
    std::string device;
    std::uint64_t confirmed = 0;
    std::uint64_t highest = 0;  ///< the last number given
    bool current = false;       ///< new commands are numbered here
};

struct OutboxRow {
    Command command;
    std::string device;        ///< empty: no longer numbered
    std::uint64_t number = 0;  ///< 0: no longer numbered
    CommandState state = CommandState::kPending;
    std::string reason;
};

/// outbox.db. Writes need a transaction of database(); each of them gives the rows that it changes
/// a new change number. The members that mirror the file (account, clock, current device …) follow
/// a rollback only through reload(). For the core thread.
class Outbox {
public:
    /// Opens or makes the file. `origin` is an id that was never used before: the origin of all
    /// stamps given until it is closed, and the device id of a new file.
    static Result<std::unique_ptr<Outbox>> open(const std::string& path, const std::string& origin);

    Database& database() { return *m_database; }

    // --- what it is ---
    const std::string& account() const { return m_account; }
    Status setAccount(const std::string& account);
    const front::Pause& pause() const { return m_pause; }
    Status setPause(const front::Pause& pause);
    /// The datastore's clock less ours, as last measured.
    std::int64_t clockOffsetMs() const { return m_clockOffsetMs; }
    Status setClockOffsetMs(std::int64_t offsetMs);
    /// The greatest stamp given here.
    HlcTime clock() const { return m_clock; }
    /// What makes the stamps of this opening differ from those of every other: a copy of the file
    /// that goes on (a restored backup, a clone) may give the same time again, to another command.
    const std::string& origin() const { return m_origin; }
    std::uint64_t change() const { return m_change; }
    const std::string& currentDevice() const { return m_current.device; }
    /// The last number given under it.
    std::uint64_t currentHighest() const { return m_current.highest; }
    Result<std::vector<Device>> devices();
    Result<std::uint64_t> countRejected();

    // --- writing commands ---
    /// Numbers and appends; the stamp must be above clock(). `seen` is the greatest stamp of the
    /// base it was made over. Returns the number. Rows are written some at a time: an error may be
    /// of one that was appended before.
    Result<std::uint64_t> append(Command command, HlcTime seen);
    /// The end of the log as it is now.
    struct Mark {
        std::uint64_t number = 0;
        Hash hash;
        HlcTime clock;
        std::uint64_t change = 0;
    };
    Mark mark() const { return {m_current.highest, m_current.hash, m_clock, m_change}; }
    /// Takes back what was appended since the mark, in the same transaction, as if it had never
    /// been.
    Status takeBack(const Mark& mark);
    /// To be called in each transaction that appended, before its commit.
    Status saveClock();
    /// The first row of a command that was not retried under another number.
    Result<std::optional<OutboxRow>> find(const std::string& commandId);

    using Tasks = std::vector<std::string>;

    // --- reading for sync ---
    /// The commands of a task that are not covered and not refused, in order.
    Result<std::vector<Command>> overlay(const std::string& task, const Covered& covered);
    /// Commands from that number on, up to the limits of a batch.
    Result<std::vector<sync::NumberedCommand>> batch(const std::string& device, std::uint64_t from,
                                                     std::size_t most, std::size_t bytes);
    /// The chain's hash at a number; at the highest where the number is above it; nothing where the
    /// number lies before what is kept.
    Result<std::optional<Hash>> hashAt(const std::string& device, std::uint64_t number);

    // --- the datastore's answers; each returns the tasks whose view may change ---
    /// Marks all up to the number as confirmed, those in `refusals` as rejected.
    Result<Tasks> confirm(const std::string& device, std::uint64_t through, Accepted how,
                          const std::vector<sync::Refusal>& refusals);
    /// The datastore lost those above the number: they are pending again.
    Result<Tasks> unconfirm(const std::string& device, std::uint64_t above);
    /// Whether the base holds a task.
    using Held = std::function<Result<bool>(const std::string& task)>;
    /// All commands of the device that are neither covered nor refused are numbered anew, from 1,
    /// under `fresh`, which becomes current; covered ones too where the base no longer holds their
    /// task, as nothing else could give them back to a datastore that was set back. What else is
    /// covered, rejected or discarded is kept without a number: whoever sends it again must find
    /// it. After it currentHighest() is how many were numbered. Where `held` fails, so does it.
    Result<Tasks> fork(const std::string& device, const std::string& fresh, const Covered& covered,
                       const Held& held);
    /// Lowers the stamps of pending, never accepted commands: at most to `toldMs` where the floors
    /// allow, strictly increasing, above what each had seen and above every earlier own command
    /// that Apply accepted; what is lowered gets origin(). Then lowers clock() to the greatest
    /// stamp left, or `baseGreatest`.
    Result<Tasks> shift(std::int64_t toldMs, HlcTime baseGreatest);

    // --- the rejected list ---
    Result<std::vector<OutboxRow>> rejected();
    /// A new number at the current device, the same id and stamp. kNotFound where it is not
    /// rejected.
    Result<OutboxRow> retry(const std::string& commandId);
    Result<OutboxRow> discard(const std::string& commandId);
    /// Other commands of the task that are pending or confirmed but not covered.
    Result<std::uint32_t> dependents(const std::string& task, const Covered& covered);

    // --- upkeep ---
    /// Tasks of the rows that changed after a change number.
    Result<Tasks> changedSince(std::uint64_t change);
    /// Tasks of one device's commands with numbers in (above, through].
    Result<Tasks> tasksBetween(const std::string& device, std::uint64_t above,
                               std::uint64_t through);
    /// The last change number known to have been given before the moment, which is kLogKeptMs ago
    /// by the datastore's clock; 0 where none is known. A stamp does not tell: the clock that gave
    /// it may have been years behind. Notes the present number for later, so it is to be called in
    /// a transaction.
    Result<std::uint64_t> keptSince(std::int64_t beforeMs);
    /// Forgets covered commands stamped before the moment and appended by change numbers through
    /// that one, from the front of each device, at most `most`.
    Status prune(const Covered& covered, std::int64_t beforeMs, std::uint64_t through,
                 std::size_t most);
    /// Reads the mirrored members anew: after a rollback. Where it fails they are as they were.
    Status reload();

private:
    struct DeviceRow {
        std::int64_t ref = 0;
        std::string device;
        std::uint64_t highest = 0;
        Hash hash;  ///< at highest
    };
    struct Statements;
    /// A row that append() made and that is not in the file yet.
    struct NewRow {
        Command command;
        std::uint64_t number = 0;
        HlcTime seen;
        Hash hash;
        std::uint64_t change = 0;
    };
    explicit Outbox(std::unique_ptr<Database> database);
    Status makeFirstDevice(const std::string& device);
    Status readTail(DeviceRow& row);
    /// Confirmed commands up to the number, of tasks that the base does not hold, are pending
    /// again.
    Status reopenUnheld(std::int64_t ref, std::uint64_t through, const Held& held);
    /// Writes m_new. Needed before a kept statement reads or changes rows; what is prepared anew
    /// does it by itself.
    Status writeNew();
    Result<std::int64_t> refOf(const std::string& device);
    std::uint64_t nextChange() { return ++m_change; }
    /// For each transaction that took a change number which no appended row bears: it must never be
    /// given again, though no row of it is left, or was there, as the document store may name it as
    /// reflected.
    Status saveChange();

    std::vector<NewRow> m_new;  ///< of the current device, in order; outlives m_database
    std::unique_ptr<Database> m_database;
    Meta m_meta;
    std::unique_ptr<Statements> m_sql;
    std::string m_origin;
    DeviceRow m_current;
    HlcTime m_clock;
    std::uint64_t m_change = 0;
    std::int64_t m_clockOffsetMs = 0;
    std::string m_account;
    front::Pause m_pause{false};

public:
    ~Outbox();
};

}  // namespace hashira::store

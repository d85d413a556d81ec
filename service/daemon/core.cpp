// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include "base/limits.h"
#include "model/moment.h"
#include "model/uuid.h"

#include <algorithm>
#include <utility>

namespace hashira::daemon {
namespace {

/// Weeks that nobody asked for this long leave memory.
constexpr std::int64_t kShelfKeptMs = 10 * 60'000;
/// How often upkeep runs, and how much it prunes at a time.
constexpr std::int64_t kRestIntervalMs = 3'600'000;
constexpr std::size_t kPruneAtOnce = 5'000;
/// How often a disk that could not be read is tried again, at least.
constexpr std::int64_t kRereadMs = 1'000;

std::int64_t dayNumber(std::int64_t utcMs, int offsetMinutes) {
    return dayOf(utcMs, offsetMinutes).time_since_epoch().count();
}

}  // namespace

Core::Core(const CoreSettings& settings, const Clock& clock, Random& random,
           std::unique_ptr<remote::Link> link, CoreOutput& output)
    : m_settings(settings),
      m_clock(clock),
      m_random(random),
      m_output(output),
      m_link(std::move(link)),
      m_shelf(makeToken(random, 8), currentWeek()) {
    const std::int64_t now = m_clock.nowMs();
    m_utcOffset = m_clock.utcOffsetMinutes(now);
    m_day = dayNumber(now, m_utcOffset);
}

Core::~Core() = default;

Week Core::currentWeek() const {
    const std::int64_t now = m_clock.nowMs();
    return Week::of(dayOf(now, m_clock.utcOffsetMinutes(now)));
}

sync::Scope Core::window() const {
    return {Week{currentWeek().index - m_settings.weeksKept + 1}, std::nullopt, true};
}

Result<std::unique_ptr<Core>> Core::open(const CoreSettings& settings, const Clock& clock,
                                         Random& random, std::unique_ptr<remote::Link> link,
                                         CoreOutput& output) {
    std::unique_ptr<Core> core(new Core(settings, clock, random, std::move(link), output));
    if (const Status opened = core->openStores(); !opened) return opened.error();
    return core;
}

Status Core::loadEngine() {
    const auto devices = m_outbox->devices();
    if (!devices) return devices.error();
    const store::BaseState& base = m_views->base();
    engine::State state;
    state.settings = m_settings.sync;
    state.pause = m_outbox->pause();
    state.account = m_outbox->account();
    state.incarnation = base.incarnation;
    state.cursor = base.cursor;
    for (const store::Device& device : *devices)
        state.devices[device.device] = {device.confirmed, device.highest, device.current};
    state.covered = base.covered;
    state.windowFrom = base.windowFrom;
    state.clockOffsetMs = m_outbox->clockOffsetMs();
    state.lastSyncMs = base.lastSyncMs;
    state.lastDoctorMs = base.lastDoctorMs;
    state.window = window();
    state.windowNeeded = state.windowFrom && *state.window.from < *state.windowFrom;
    if (state.pause.paused) state.waitingFor = front::WaitingFor::kResume;
    // What is not on disk goes on: the count of failures, and who waits for an answer.
    state.session = m_engine.session;
    state.failures = m_engine.failures;
    state.network = m_engine.network;
    state.networkTold = m_engine.networkTold;
    state.lookUntilMs = m_engine.lookUntilMs;
    state.hintWrong = m_engine.hintWrong;
    state.syncAsked = m_engine.syncAsked;
    state.doctorAsked = m_engine.doctorAsked;
    state.doctorReport = m_engine.doctorReport;
    m_engine = std::move(state);
    m_renumbered = true;
    return {};
}

Status Core::reread() {
    m_unread = true;
    if (const Status read = m_outbox->reload(); !read) return read;
    const auto rejected = m_outbox->countRejected();
    if (!rejected) return rejected.error();
    if (const Status loaded = loadEngine(); !loaded) return loaded;
    m_rejected = *rejected;
    m_unread = false;
    setDebt(!catchUp());
    afterChange();
    return {};
}

void Core::distrust(const Error& error) {
    closeLink();
    if (!std::exchange(m_unread, true))
        m_events.insert(m_events.begin(), engine::WriteFailed{error});
    (void)reread();
}

void Core::setDebt(bool owes) {
    // What the shelf was told meanwhile depends on what failed: its weeks are read anew when asked
    // for.
    if (m_reflectDebt && !owes) m_shelf.turn(m_shelf.shelf()->current);
    m_reflectDebt = owes;
    m_views->setOwed(owes);
}

Status Core::catchUp() {
    const auto tasks = m_outbox->changedSince(m_views->base().reflected);
    if (!tasks) return tasks.error();
    if (tasks->empty() && m_views->base().reflected == m_outbox->change()) return {};
    store::Transaction transaction(m_documents->database());
    if (!transaction.begun()) return transaction.begun();
    const auto noted = m_shelf.noted();
    Status done = m_views->recompute(*tasks);
    if (done) done = m_documents->saveReflected(m_outbox->change());
    if (done) done = transaction.commit();
    if (!done) {
        m_shelf.restore(noted);
        return done;
    }
    m_views->base().reflected = m_outbox->change();
    setDebt(false);
    return {};
}

void Core::start() {
    if (!m_settings.account.empty())
        m_events.push_back(engine::Configured{m_settings.sync, false, m_settings.account});
    feed(engine::Started{});
}

void Core::leaveMemory() {
    m_outbox->database().leaveMemory();
    m_documents->database().leaveMemory();
}

void Core::stop() {
    if (m_link) m_link->close();
    m_waits.clear();
    for (auto& waits : m_waitsFor) waits.clear();
    m_readers.clear();
    m_syncWaits.clear();
    m_doctorWaits.clear();
    m_output.wakeAt(std::nullopt);
}

void Core::end(const Error& error) {
    closeLink();
    // A reply may ask for more.
    for (auto& [ticket, wait] : std::exchange(m_waits, {})) wait.reply(error);
    for (auto& reply : std::exchange(m_syncWaits, {})) reply(error);
    for (auto& [report, reply] : std::exchange(m_doctorWaits, {})) reply(error);
    stop();
}

void Core::relink(const CoreSettings& settings, std::unique_ptr<remote::Link> link) {
    closeLink();
    m_link = std::move(link);
    m_settings = settings;
    feed(engine::Configured{settings.sync, true, settings.account});
}

void Core::configure(const CoreSettings& settings) {
    m_settings = settings;
    const sync::Scope moved = window();
    if (moved != m_engine.window) {
        m_events.push_back(engine::WindowMoved{moved});
        (void)keepWindow(*moved.from);
        afterChange();
    }
    feed(engine::Configured{settings.sync, false, settings.account});
}

// --- the path of a command: outbox, answer, views, notice ---

void Core::send(std::vector<SendJob> jobs) {
    std::vector<std::optional<Error>> errors(jobs.size());
    std::vector<front::SendReply> replies(jobs.size());
    // Where the store fails in the midst of a Send, it is left out and the others begin anew.
    while (!appendAll(jobs, errors, replies)) {
    }
    m_views->noteChanges();
    const auto notice = m_shelf.publish();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        replies[i].revision = m_shelf.revision();
        if (errors[i])
            jobs[i].reply(*errors[i]);
        else
            jobs[i].reply(std::move(replies[i]));
    }
    // On its way to the datastore first: these events write nothing, and the views can wait.
    auto unknown = m_sender->takeUnknown();
    if (!unknown.empty()) m_events.push_back(engine::IdsWanted{std::move(unknown)});
    if (!m_unread) {
        feed(engine::Appended{m_outbox->currentDevice(), m_outbox->currentHighest()});
    } else {
        checkStatus();
        scheduleWake();
    }
    const bool caughtUp = reflect();
    if (notice) m_output.notify(*notice);
    if (caughtUp) afterChange();
    (void)replaceDamaged();
}

bool Core::appendAll(std::vector<SendJob>& jobs, std::vector<std::optional<Error>>& errors,
                     std::vector<front::SendReply>& replies) {
    store::Database& database = m_outbox->database();
    const auto undo = [&] {
        if (database.inTransaction()) database.rollback();
        if (m_documents->database().inTransaction()) m_documents->database().rollback();
        m_views->discard();
        m_sender->forget();
        if (const Status read = m_outbox->reload(); !read) distrust(read.error());
    };
    const auto failAll = [&](Error error) {
        undo();
        explain(error);
        for (auto& failed : errors)
            if (!failed) failed = error;
        return true;
    };
    if (m_unread)
        if (const Status read = reread(); !read) return failAll(read.error());
    if (const Status begun = database.begin(); !begun) return failAll(begun.error());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (errors[i]) continue;
        auto receipts = m_sender->take(jobs[i].drafts);
        if (receipts) {
            replies[i].receipts = std::move(*receipts);
            continue;
        }
        Error error = receipts.error();
        const bool wrong = error.code == ErrorCode::kInvalid;
        if (!wrong) {
            undo();
            // What the documents could not tell is asked of new ones.
            if (replaceDamaged()) return false;
            explain(error);
        }
        errors[i] = std::move(error);
        if (!wrong) return false;
    }
    if (const Status saved = m_outbox->saveClock(); !saved) return failAll(saved.error());
    if (const Status committed = database.commit(); !committed) return failAll(committed.error());
    m_notKept.clear();
    return true;
}

bool Core::reflect() {
    if (m_unread) {
        // Which changes the outbox has is not known: none may be named as reflected.
        m_views->discard();
        setDebt(true);
        return false;
    }
    store::Database& database = m_documents->database();
    Status done = database.inTransaction() ? Status() : database.begin();
    if (done) done = m_views->flush();
    // With older commands still owed, the number on disk must not say that they are in.
    if (done && !m_reflectDebt) done = m_documents->saveReflected(m_outbox->change());
    if (done) done = database.commit();
    if (!done) {
        // Nothing is lost: the outbox has it. The views are computed anew when the store can be
        // written.
        database.rollback();
        m_sender->forget();
        setDebt(true);
        m_engine.lastError = done.error().message;
    } else if (!m_reflectDebt) {
        m_views->base().reflected = m_outbox->change();
    }
    m_views->discard();
    const bool caughtUp = m_reflectDebt && catchUp();
    m_outbox->database().checkpoint();
    return caughtUp;
}

void Core::afterChange() {
    updateIncomplete();
    if (const auto notice = m_shelf.publish()) m_output.notify(*notice);
    answerWaits();
}

// --- time ---

void Core::wake() {
    if (m_unread && !reread()) return scheduleWake();
    checkDay();
    if (m_reflectDebt && catchUp()) afterChange();
    feed(engine::Woke{});
    const std::int64_t now = m_clock.steadyMs();
    m_shelf.forgetBefore(now - kShelfKeptMs);
    if (now >= m_nextRestMs) rest();
}

void Core::checkDay() {
    const std::int64_t now = m_clock.nowMs();
    const int offset = m_clock.utcOffsetMinutes(now);
    const std::int64_t day = dayNumber(now, offset);
    if (day == m_day && offset == m_utcOffset) return;
    m_day = day;
    m_utcOffset = offset;
    m_shelf.turn(currentWeek());
    const sync::Scope moved = window();
    m_events.push_back(engine::WindowMoved{moved});
    (void)keepWindow(*moved.from);
    afterChange();
}

Status Core::keepWindow(Week oldest) {
    // Without an account nothing is covered, and nothing else has the tasks.
    if (m_outbox->account().empty()) return {};
    const auto& from = m_views->base().windowFrom;
    const auto old = m_documents->evictable(oldest);
    if (!old) return old.error();
    // Nothing to write is the rule: a start must not wait for a disk.
    if (old->empty() && (!from || *from >= oldest)) return {};
    const auto noted = m_shelf.noted();
    const store::BaseState base = m_views->base();
    store::Transaction transaction(m_documents->database());
    Status done = transaction.begun();
    if (done) done = evict(*old, oldest);
    if (done) done = m_documents->saveState(m_views->base());
    if (done) done = transaction.commit();
    if (done) return done;
    m_shelf.restore(noted);
    m_views->base() = base;
    return done;
}

Status Core::evict(const std::vector<std::string>& old, Week oldest) {
    for (const std::string& id : old)
        if (const Status done = m_views->evict(id); !done) return done;
    auto& from = m_views->base().windowFrom;
    if (from) from = std::max(*from, oldest);
    return {};
}

void Core::rest() {
    m_nextRestMs = m_clock.steadyMs() + kRestIntervalMs;
    // By the datastore's clock, not ours: one that is a year ahead would forget what was just sent,
    // and a command that is sent again would take effect twice.
    if (m_engine.account.empty() || m_datastoreMs == 0) return;
    const std::int64_t beforeMs = m_datastoreMs - limits::kLogKeptMs;
    store::Transaction transaction(m_outbox->database());
    if (!transaction.begun()) return;
    const auto through = m_outbox->keptSince(beforeMs);
    if (!through || !transaction.commit() || *through == 0) return;
    (void)prune(beforeMs, *through, kPruneAtOnce);
}

Status Core::prune(std::int64_t beforeMs, std::uint64_t through, std::size_t most) {
    Status done = m_documents->database().sync();
    if (!done) return done;
    store::Transaction transaction(m_outbox->database());
    done = transaction.begun();
    if (done) done = m_outbox->prune(m_views->base().covered, beforeMs, through, most);
    if (done) done = transaction.commit();
    return done;
}

void Core::scheduleWake() {
    // The next local midnight, by the wall clock.
    const std::int64_t now = m_clock.nowMs();
    const std::int64_t midnight = (m_day + 1) * 86'400'000LL - m_utcOffset * 60'000LL;
    std::int64_t at = m_clock.steadyMs() + std::max<std::int64_t>(midnight - now, 0) + 1;
    if (m_engineWakeMs) at = std::min(at, *m_engineWakeMs);
    if (m_unread) at = m_clock.steadyMs() + kRereadMs;
    m_output.wakeAt(at);
}

}  // namespace hashira::daemon

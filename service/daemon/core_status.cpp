// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include "model/json.h"
#include "model/moment.h"

#include <algorithm>
#include <utility>

// What front ends are told of the daemon itself: status, the rejected list, how far a command has
// come.
namespace hashira::daemon {

// --- waiting for a level ---

void Core::waitFor(std::uint64_t ticket, const std::string& commandId, front::Level level,
                   Reply<front::Receipt> reply) {
    const auto found = m_outbox->find(commandId);
    if (!found) return reply(found.error());
    if (!*found)
        return reply(Error{ErrorCode::kNotFound, "no command " + commandId + " is known here"});
    if (m_waits.empty()) m_renumbered = false;
    m_waits[ticket] = {commandId, level, std::move(reply), {}};
    lookAtWait(ticket);
}

void Core::cancelWait(std::uint64_t ticket) {
    const auto found = m_waits.find(ticket);
    if (found == m_waits.end()) return;
    const Wait wait = std::move(found->second);
    m_waits.erase(found);
    waitsFor(wait.level).erase(wait.key);
    wait.reply(Error{ErrorCode::kCancelled, "the wait was given up"});
}

void Core::lookAtWait(std::uint64_t ticket) {
    Wait& wait = m_waits.at(ticket);
    waitsFor(wait.level).erase(wait.key);
    const auto row = m_outbox->find(wait.commandId);
    std::optional<Result<front::Receipt>> answer;
    if (!row) {
        answer = row.error();
    } else if (!*row) {  // pruned: it was covered long ago
        answer = front::Receipt{wait.commandId, {}, 0, front::Level::kVisible, false, {}};
    } else if (auto receipt = m_sender->receiptOf(**row);
               receipt.rejected || receipt.level >= wait.level) {
        answer = receipt;
    } else {
        wait.key = {(*row)->device, (*row)->number, ticket};
        waitsFor(wait.level).insert(wait.key);
        return;
    }
    const auto reply = std::move(wait.reply);
    m_waits.erase(ticket);
    reply(std::move(*answer));
}

void Core::answerWaits(std::set<WaitKey>& waits, const std::string& device, std::uint64_t from,
                       std::uint64_t through) {
    std::vector<std::uint64_t> tickets;
    for (auto at = waits.lower_bound({device, from, 0});
         at != waits.end() && at->device == device && at->number <= through; ++at)
        tickets.push_back(at->ticket);
    for (const std::uint64_t ticket : tickets)
        if (m_waits.contains(ticket)) lookAtWait(ticket);
}

void Core::answerWaits() {
    const auto refused = std::exchange(m_refused, {});
    if (m_waits.empty()) return;
    if (std::exchange(m_renumbered, false)) return lookAtAllWaits();
    for (const auto& [device, number] : refused)
        for (auto& waits : m_waitsFor) answerWaits(waits, device, number, number);
    for (const auto& [device, state] : m_engine.devices) {
        answerWaits(waitsFor(front::Level::kApplied), device, 0, state.confirmed);
        const auto covered = m_views->base().covered.find(device);
        if (covered != m_views->base().covered.end())
            answerWaits(waitsFor(front::Level::kVisible), device, 0,
                        std::min(state.confirmed, covered->second));
    }
}

void Core::lookAtAllWaits() {
    std::vector<std::uint64_t> tickets;
    for (const auto& [ticket, wait] : m_waits) tickets.push_back(ticket);
    for (const std::uint64_t ticket : tickets)
        if (m_waits.contains(ticket)) lookAtWait(ticket);
}

// --- status and the rejected list ---

front::Status Core::status() {
    const auto moment = [&](std::int64_t ms) {
        return ms == 0 ? std::string() : formatMoment(ms, m_clock.utcOffsetMinutes(ms));
    };
    front::Status status;
    status.connectivity = engine::connectivity(m_engine);
    status.waitingFor =
        m_engine.settings.configured ? m_engine.waitingFor : front::WaitingFor::kSignIn;
    status.pending = m_engine.pending();
    status.rejected = m_rejected;
    status.lastSync = moment(m_engine.lastSyncMs);
    status.lastError = m_engine.lastError;
    if (m_engine.retryAtMs)
        status.nextAttempt = moment(m_clock.nowMs() + *m_engine.retryAtMs - m_clock.steadyMs());
    status.account = m_engine.account;
    status.device = m_outbox->currentDevice();
    status.datastore = m_settings.datastoreUrl;
    status.revision = m_shelf.revision();
    status.version = m_settings.version;
    status.datastoreVersion = m_engine.datastoreVersion;
    status.weeksKept = m_settings.weeksKept;
    status.warnings = m_warnings;
    if (m_reflectDebt) status.warnings.push_back("The document store cannot be written now.");
    if (!m_notKept.empty()) status.warnings.push_back(m_notKept);
    if (m_outbox->database().damaged()) {
        Error damage{ErrorCode::kCorrupt, pathOf("outbox.db") + ": is damaged"};
        explain(damage);
        status.warnings.push_back(std::move(damage.message));
    }
    for (const auto& [about, words] : m_standing) status.warnings.push_back(words);
    status.dataDir = m_settings.dataDir;
    status.network = m_engine.network;
    if (m_engine.pause.paused) status.pausedUntil = moment(m_engine.pause.untilMs);
    return status;
}

void Core::stand(const std::string& about, const std::string& words) {
    if (words.empty())
        m_standing.erase(about);
    else
        m_standing[about] = words;
    checkStatus();
}

void Core::checkStatus() {
    front::Status now = status();
    if (m_lastStatus) {
        // The moment of the next attempt is computed anew each time: that alone is no news.
        front::Status compared = now;
        if (!compared.nextAttempt.empty() && !m_lastStatus->nextAttempt.empty())
            compared.nextAttempt = m_lastStatus->nextAttempt;
        if (compared == *m_lastStatus) return;
    }
    m_lastStatus = now;
    m_output.statusChanged(now);
}

Result<std::vector<front::RejectedCommand>> Core::listRejected() {
    const auto rows = m_outbox->rejected();
    if (!rows) return rows.error();
    std::vector<front::RejectedCommand> list;
    for (const store::OutboxRow& row : *rows) {
        front::RejectedCommand entry{
            row.command, row.reason, {}, formatMoment(row.command.stamp.ms, 0), 0};
        const auto record = m_documents->record(row.command.taskId);
        if (record && *record) entry.taskName = (*record)->view.string("name");
        if (const auto effect = effectOf(row.command.what, row.command.payload);
            effect && entry.taskName.empty())
            for (const FieldValue& field : effect->fields)
                if (field.name == "name") entry.taskName = json::unquoted(field.value);
        if (row.command.what == What::kNew)
            if (const auto count =
                    m_outbox->dependents(row.command.taskId, m_views->base().covered))
                entry.dependents = *count;
        list.push_back(std::move(entry));
    }
    return list;
}

void Core::undoOutbox() {
    if (m_outbox->database().inTransaction()) m_outbox->database().rollback();
    if (const Status read = m_outbox->reload(); !read) distrust(read.error());
}

Result<store::OutboxRow> Core::settleRejected(
    const std::function<Result<store::OutboxRow>()>& settle) {
    if (m_unread)
        if (const Status read = reread(); !read) return read.error();
    store::Transaction transaction(m_outbox->database());
    if (!transaction.begun()) return transaction.begun().error();
    auto row = settle();
    const Status done = row ? transaction.commit() : Status(row.error());
    if (!done) {
        undoOutbox();
        return done.error();
    }
    --m_rejected;
    m_shelf.noteRejected();
    (void)recomputeTasks({row->command.taskId});
    afterChange();
    return row;
}

Result<front::Receipt> Core::retryRejected(const std::string& commandId) {
    const auto row = settleRejected([&]() -> Result<store::OutboxRow> {
        auto retried = m_outbox->retry(commandId);
        const Status saved = retried ? m_outbox->saveClock() : Status();
        return saved ? std::move(retried) : saved.error();
    });
    if (!row) return row.error();
    feed(engine::Appended{row->device, row->number});
    return m_sender->receiptOf(*row);
}

Result<front::Revision> Core::discardRejected(const std::string& commandId) {
    const auto row = settleRejected([&] { return m_outbox->discard(commandId); });
    if (!row) return row.error();
    checkStatus();
    return m_shelf.revision();
}

}  // namespace hashira::daemon

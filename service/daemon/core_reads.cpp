// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

// Reading: weeks for Retrieve, read-through of older ones, the doctor.
namespace hashira::daemon {

void Core::buildShelf(Week oldest, Week newest, Reply<std::shared_ptr<const wire::Shelf>> reply) {
    const std::int64_t now = m_clock.steadyMs();
    newest = std::min(newest, m_shelf.shelf()->current);
    // Older weeks never stand on the shelf that all read: what is here of them is not all of it.
    const Week first = std::max(oldest, heldFrom().value_or(oldest));
    Status built = buildWeeks(first, newest);
    if (!built && replaceDamaged()) built = buildWeeks(first, newest);
    if (!built) return reply(built.error());
    m_shelf.touch(first, newest, now);
    if (oldest < first)
        readThrough(oldest, std::min(newest, Week{first.index - 1}), std::move(reply));
    else
        reply(m_shelf.shelf());
}

std::optional<Week> Core::heldFrom() const {
    const bool local = !m_settings.sync.configured && m_engine.account.empty();
    if (local) return {};
    return m_engine.windowFrom.value_or(*window().from);
}

Status Core::buildWeeks(Week oldest, Week newest) {
    std::map<Week, std::vector<wire::SnapshotTask>> missing;
    for (Week week = oldest; week <= newest; ++week.index)
        if (!m_shelf.has(week)) missing[week];
    if (missing.empty()) return {};
    const Status read = readWeeks(missing);
    if (read) m_shelf.add(std::move(missing), m_clock.steadyMs());
    return read;
}

Status Core::readWeeks(std::map<Week, std::vector<wire::SnapshotTask>>& weeks) {
    // This week also holds what is not done, and what a wrong clock finished in the future.
    const Week current = m_shelf.shelf()->current;
    const Week newest = weeks.rbegin()->first;
    const Bucket high = newest == current ? Bucket{} : Bucket{newest.index};
    const Bucket low{weeks.begin()->first.index};
    const auto show = [&](const store::Record& record) {
        const Bucket bucket = record.view.bucket();
        const auto week = weeks.find(bucket.open() ? current : std::min(bucket.week(), current));
        if (week != weeks.end()) week->second.push_back({record.view, record.pending});
    };
    const auto owed = owedRecords();
    if (!owed) return owed.error();
    const Status read = m_documents->each(low, high, [&](const store::Record& record) {
        if (!owed->contains(record.id)) show(record);
    });
    if (!read) return read;
    for (const auto& [id, record] : *owed)
        if (record.shown() != store::Shown::kHidden) show(record);
    return {};
}

Result<std::map<std::string, store::Record>> Core::owedRecords() {
    std::map<std::string, store::Record> records;
    if (!m_reflectDebt) return records;
    const auto tasks = m_outbox->changedSince(m_views->base().reflected);
    if (!tasks) return tasks.error();
    for (const std::string& id : *tasks) {
        auto record = m_views->computed(id);
        if (!record) return record.error();
        records.emplace(id, std::move(*record));
    }
    return records;
}

Status Core::addOlder(wire::Shelf& shelf, Week oldest, Week last,
                      std::map<Week, std::vector<wire::SnapshotTask>> fetched) {
    for (Week week = oldest; week <= last; ++week.index) fetched[week];
    if (const Status read = readWeeks(fetched); !read) return read;
    for (auto& [week, tasks] : fetched) {
        shelf.weeks[week] =
            wire::WeekSnapshot::build(week, std::move(tasks), shelf.revision.number);
        shelf.incomplete.erase(week);
    }
    return {};
}

void Core::readThrough(Week oldest, Week last, Reply<std::shared_ptr<const wire::Shelf>> reply) {
    const auto shelf = std::make_shared<wire::Shelf>(*m_shelf.shelf());
    // What is here of these weeks, changes that are not sent yet, is shown all the same.
    const auto giveUp = [this, shelf, oldest, last, reply](const std::string& why) {
        if (const Status added = addOlder(*shelf, oldest, last, {}); !added)
            return reply(added.error());
        for (Week week = oldest; week <= last; ++week.index) shelf->incomplete[week] = why;
        reply(std::shared_ptr<const wire::Shelf>(shelf));
    };
    if (!m_settings.sync.configured)
        return giveUp("older than the weeks kept here, and no datastore is set up");
    if (m_engine.phase != engine::Phase::kReady)
        return giveUp("older than the weeks kept here, and the datastore cannot be reached now");

    sync::FetchRequest request;
    request.incarnation = m_engine.sessionIncarnation;
    request.scope = {oldest, last, false};
    auto tasks = std::make_shared<std::map<Week, std::vector<wire::SnapshotTask>>>();
    const auto check = std::make_shared<engine::FetchCheck>(request, limits::kReadThroughBytes);
    const std::uint64_t id = ++m_lastReader;
    m_readers[id] = giveUp;
    const auto chunk = [this, id, tasks, check, giveUp](const sync::Chunk& chunk,
                                                        const remote::Next& next) {
        auto documents = check->take(chunk);
        if (!documents) {
            next(false);
            if (m_readers.erase(id) > 0) giveUp(documents.error().message);
            return;
        }
        for (VersionedDocument& versioned : *documents) {
            Document& document = versioned.document;
            const auto known = m_documents->record(document.id);
            // What is here has this device's changes: it wins, wherever it is now.
            if ((known && *known) || !document.hasName()) continue;
            (*tasks)[document.bucket().week()].push_back({std::move(document), false});
        }
        next(true);
    };
    const auto ended = [this, id, shelf, tasks, check, oldest, last, reply,
                        giveUp](Result<remote::FetchEnd> end) {
        if (m_readers.erase(id) == 0) return;
        if (!end) return giveUp("older than the weeks kept here, and " + end.error().message);
        if (end->helloNeeded) return giveUp("the datastore's history has changed; try again");
        if (const Status good = check->end(end->state); !good) return giveUp(good.error().message);
        if (const Status added = addOlder(*shelf, oldest, last, std::move(*tasks)); !added)
            return reply(added.error());
        reply(std::shared_ptr<const wire::Shelf>(shelf));
    };
    m_link->fetch(std::move(request), {chunk, ended});
}

std::string Core::incompleteReason() const {
    const bool local = !m_settings.sync.configured && m_engine.account.empty();
    if (local || m_engine.windowFrom) return {};
    return m_warnings.empty()
               ? "not fetched from the datastore yet"
               : "the document store is being rebuilt; not fetched from the datastore yet";
}

void Core::updateIncomplete() {
    const Week current = m_shelf.shelf()->current;
    std::map<Week, std::string> incomplete;
    const std::string reason = incompleteReason();
    if (!reason.empty())
        for (int back = 0; back < m_settings.weeksKept; ++back)
            incomplete[Week{current.index - back}] = reason;
    m_shelf.setIncomplete(std::move(incomplete));
}

void Core::syncNow(Reply<front::Status> reply) {
    m_syncWaits.push_back(std::move(reply));
    feed(engine::SyncAsked{});
}

void Core::endSync(const Status& ended) {
    const auto waits = std::exchange(m_syncWaits, {});
    for (const auto& reply : waits) {
        if (ended)
            reply(status());
        else
            reply(ended.error());
    }
}

void Core::networkChanged(const NetworkHint& hint) {
    feed(engine::NetworkChanged{hint});
}

void Core::machineWoke() {
    checkDay();
    feed(engine::MachineWoke{});
}

void Core::pause(const front::Pause& wish, Reply<front::Status> reply) {
    if (wish.paused && wish.untilMs != 0 && wish.untilMs <= m_clock.nowMs())
        return reply(invalid("until: is not in the future"));
    feed(engine::PauseAsked{wish});
    reply(status());
}

void Core::doctor(Reply<front::DoctorReport> reply) {
    front::DoctorReport report;
    checkFiles(report);
    (void)replaceDamaged();
    m_doctorWaits.emplace_back(std::move(report), std::move(reply));
    feed(engine::DoctorAsked{});
}

void Core::checkFiles(front::DoctorReport& report) {
    for (store::Database* database : {&m_outbox->database(), &m_documents->database()})
        for (std::string& finding : database->check())
            report.findings.push_back(std::move(finding));
    std::vector<std::string> wrong;
    std::vector<std::string> ids;
    const Status read =
        m_documents->each({0}, {}, [&](const store::Record& record) { ids.push_back(record.id); });
    if (!read) report.findings.push_back(read.error().message);
    for (const std::string& id : ids)
        if (const auto good = m_views->consistent(id); !good || !*good) wrong.push_back(id);
    if (wrong.empty()) return;
    report.findings.push_back(
        std::to_string(wrong.size()) +
        " tasks were not shown as the outbox and the base say; they were computed anew");
    if (recomputeTasks(wrong)) afterChange();
}

void Core::endDoctor(const engine::DoctorEnded& ended) {
    auto waits = std::exchange(m_doctorWaits, {});
    for (auto& [report, reply] : waits) {
        report.healthy = report.findings.empty() && ended.problem.empty();
        report.datastoreAsked = ended.datastoreAsked;
        report.weeksCompared = ended.weeksCompared;
        report.weeksDiffered = ended.weeksDiffered;
        if (ended.weeksDiffered > 0)
            report.findings.push_back(std::to_string(ended.weeksDiffered) +
                                      " weeks differed from the datastore's and were fetched anew");
        if (!ended.problem.empty()) report.findings.push_back(ended.problem);
        reply(std::move(report));
    }
}

}  // namespace hashira::daemon

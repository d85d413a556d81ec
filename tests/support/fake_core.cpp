// SPDX-License-Identifier: MIT
#include "support/fake_core.h"

#include "model/moment.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>

namespace hashira::test {
namespace {

std::string makeId(std::uint64_t number) {
    char text[40];
    std::snprintf(text, sizeof text, "01930000-ffff-7000-8000-%012llx",
                  static_cast<unsigned long long>(number));
    return text;
}

}  // namespace

FakeCore::FakeCore() {
    auto shelf = std::make_shared<wire::Shelf>();
    shelf->revision = {kEpoch, 1};
    shelf->current = *Week::parse("2026-W48");
    m_shelf = std::move(shelf);
    m_thread = std::thread([this] { run(); });
}

FakeCore::~FakeCore() {
    post([this] {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    });
    m_thread.join();
}

void FakeCore::run() {
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        m_changed.wait(lock, [this] { return !m_jobs.empty(); });
        auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

void FakeCore::post(std::function<void()> job) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_all();
}

void FakeCore::drain() {
    std::promise<void> done;
    post([&] { done.set_value(); });
    done.get_future().wait();
}

void FakeCore::announce(std::set<Bucket> buckets) {
    post([this, buckets = std::move(buckets)] {
        publish({}, {{kEpoch, shelf()->revision.number + 1}, buckets, false, false});
    });
}

void FakeCore::setPending(std::uint64_t pending) {
    post([this, pending] {
        m_pending = pending;
        if (onStatus) onStatus(statusNow());
    });
}

void FakeCore::reach(const std::string& commandId, front::Level level) {
    post([this, commandId, level] {
        front::Receipt& receipt = m_receipts[commandId];
        receipt.level = level;
        std::vector<Wait> done;
        {
            const std::lock_guard lock(m_mutex);
            for (auto at = m_waits.begin(); at != m_waits.end();) {
                const bool due = at->second.commandId == commandId && at->second.level <= level;
                if (due) done.push_back(std::move(at->second));
                at = due ? m_waits.erase(at) : std::next(at);
            }
        }
        m_changed.notify_all();
        for (Wait& wait : done) wait.reply(receipt);
    });
}

void FakeCore::setOldest(Week oldest) {
    post([this, oldest] { m_oldest = oldest; });
}

void FakeCore::setRejected(std::vector<front::RejectedCommand> rejected) {
    post([this, rejected = std::move(rejected)] { m_rejected = rejected; });
}

void FakeCore::hold(bool held) {
    post([this, held] {
        m_held = held;
        if (held) return;
        for (const auto& reply : std::exchange(m_heldReplies, {})) reply();
    });
}

std::size_t FakeCore::waits() const {
    const std::lock_guard lock(m_mutex);
    return m_waits.size();
}

bool FakeCore::waitForWaits(std::size_t count) const {
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, std::chrono::seconds(10),
                              [&] { return m_waits.size() == count; });
}

void FakeCore::send(std::vector<Draft> drafts, rpc::Reply<front::SendReply> reply) {
    post([this, drafts = std::move(drafts), reply = std::move(reply)]() mutable {
        front::SendReply answer = apply(std::move(drafts));
        if (m_held)
            m_heldReplies.push_back([reply, answer] { reply(answer); });
        else
            reply(std::move(answer));
    });
}

Week FakeCore::weekOf(const Document& document) const {
    const Bucket bucket = document.bucket();
    const Week current = shelf()->current;
    return bucket.open() ? current : std::min(current, bucket.week());
}

void FakeCore::change(const Draft& draft, front::Receipt& receipt,
                      std::map<Week, wire::WeekSnapshot::Change>& changes) {
    const std::string id = draft.taskId.empty() ? makeId(++m_made) : draft.taskId;
    Document& document = m_documents[id];
    const bool known = !document.empty();
    const Week before = known ? weekOf(document) : Week();
    document.id = id;
    Fields fields = draft.fields;
    if (draft.what == What::kDelete) fields = {{"deleted", "true"}};
    const HlcTime time(static_cast<std::int64_t>(++m_made), 0);
    merge(document, fields, time.stamp("core"));
    const Week after = weekOf(document);
    if (known && before != after) changes[before].remove.push_back(id);
    changes[after].put.push_back({document, true});
    receipt.taskId = id;
}

front::SendReply FakeCore::apply(std::vector<Draft> drafts) {
    front::SendReply reply;
    std::map<Week, wire::WeekSnapshot::Change> changes;
    for (const Draft& draft : drafts) {
        const std::string id = draft.commandId.empty() ? makeId(++m_made) : draft.commandId;
        front::Receipt& receipt = m_receipts[id];
        if (receipt.commandId.empty()) {
            receipt.commandId = id;
            receipt.number = m_receipts.size();
            change(draft, receipt, changes);
        }
        reply.receipts.push_back(receipt);
    }
    if (!changes.empty()) {
        front::Notice notice{{kEpoch, shelf()->revision.number + 1}, {}, false, false};
        for (const auto& [week, change] : changes) notice.buckets.insert(Bucket{week.index});
        publish(std::move(changes), notice);
    }
    reply.revision = shelf()->revision;
    return reply;
}

void FakeCore::publish(std::map<Week, wire::WeekSnapshot::Change> changes,
                       const front::Notice& notice) {
    auto next = std::make_shared<wire::Shelf>(*shelf());
    next->revision = notice.revision;
    for (auto& [week, snapshot] : next->weeks) {
        const auto change = changes.find(week);
        if (change != changes.end())
            snapshot = snapshot->with(change->second, notice.revision.number);
    }
    {
        const std::lock_guard lock(m_mutex);
        m_shelf = std::move(next);
    }
    if (onNotice) onNotice(notice);
}

std::shared_ptr<const wire::Shelf> FakeCore::shelf() const {
    const std::lock_guard lock(m_mutex);
    return m_shelf;
}

void FakeCore::buildShelf(Week oldest, Week newest,
                          rpc::Reply<std::shared_ptr<const wire::Shelf>> reply) {
    post([this, oldest, newest, reply = std::move(reply)] {
        auto next = std::make_shared<wire::Shelf>(*shelf());
        for (Week week = oldest; week <= newest; ++week.index) {
            if (week < m_oldest) {
                next->incomplete[week] = "the datastore cannot be reached";
                continue;
            }
            if (next->weeks.count(week)) continue;
            std::vector<wire::SnapshotTask> tasks;
            for (const auto& [id, document] : m_documents)
                if (weekOf(document) == week) tasks.push_back({document, true});
            next->weeks[week] =
                wire::WeekSnapshot::build(week, std::move(tasks), next->revision.number);
        }
        {
            const std::lock_guard lock(m_mutex);
            m_shelf = next;
        }
        reply(std::shared_ptr<const wire::Shelf>(next));
    });
}

front::Status FakeCore::statusNow() const {
    front::Status status;
    status.connectivity =
        m_pause.paused ? front::Connectivity::kPaused : front::Connectivity::kLocalOnly;
    if (m_pause.untilMs != 0) status.pausedUntil = formatMoment(m_pause.untilMs, 0);
    status.pending = m_pending;
    status.rejected = m_rejected.size();
    status.revision = shelf()->revision;
    status.version = "0.1.0";
    status.weeksKept = 10;
    status.warnings = {"a warning"};
    return status;
}

void FakeCore::status(rpc::Reply<front::Status> reply) {
    post([this, reply = std::move(reply)] { reply(statusNow()); });
}

void FakeCore::syncNow(rpc::Reply<front::Status> reply) {
    post([reply = std::move(reply)] {
        reply(Error{ErrorCode::kPrecondition, "there is no datastore"});
    });
}

void FakeCore::pause(front::Pause wish, rpc::Reply<front::Status> reply) {
    post([this, wish, reply = std::move(reply)] {
        m_pause = wish;
        if (onStatus) onStatus(statusNow());
        reply(statusNow());
    });
}

void FakeCore::listRejected(rpc::Reply<std::vector<front::RejectedCommand>> reply) {
    post([this, reply = std::move(reply)] { reply(m_rejected); });
}

void FakeCore::retryRejected(std::string commandId, rpc::Reply<front::Receipt> reply) {
    post([this, commandId = std::move(commandId), reply = std::move(reply)] {
        const auto gone = std::erase_if(m_rejected, [&](const front::RejectedCommand& rejected) {
            return rejected.command.commandId == commandId;
        });
        if (gone == 0) return reply(Error{ErrorCode::kNotFound, "no such rejected command"});
        front::Receipt receipt;
        receipt.commandId = commandId;
        receipt.number = 77;
        reply(receipt);
    });
}

void FakeCore::discardRejected(std::string commandId, rpc::Reply<front::Revision> reply) {
    retryRejected(std::move(commandId), [this, reply](Result<front::Receipt> receipt) {
        if (!receipt) return reply(receipt.error());
        reply(shelf()->revision);
    });
}

std::uint64_t FakeCore::waitFor(std::string commandId, front::Level level,
                                rpc::Reply<front::Receipt> reply) {
    std::uint64_t ticket = 0;
    {
        const std::lock_guard lock(m_mutex);
        ticket = ++m_lastTicket;
        m_waits[ticket] = {commandId, level, std::move(reply)};
    }
    m_changed.notify_all();
    post([this, commandId] {
        const auto at = m_receipts.find(commandId);
        if (at != m_receipts.end()) reach(commandId, at->second.level);
    });
    return ticket;
}

void FakeCore::cancelWait(std::uint64_t ticket) {
    rpc::Reply<front::Receipt> reply;
    {
        const std::lock_guard lock(m_mutex);
        const auto at = m_waits.find(ticket);
        if (at == m_waits.end()) return;
        reply = std::move(at->second.reply);
        m_waits.erase(at);
    }
    m_changed.notify_all();
    post([reply = std::move(reply)] {
        reply(Error{ErrorCode::kCancelled, "the wait was given up"});
    });
}

void FakeCore::doctor(rpc::Reply<front::DoctorReport> reply) {
    post([reply = std::move(reply)] {
        reply(front::DoctorReport{{"all is well"}, 10, 0, true, true});
    });
}

}  // namespace hashira::test

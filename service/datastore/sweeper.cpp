// SPDX-License-Identifier: MIT
#include "datastore/sweeper.h"

#include "datastore/limits.h"
#include "datastore/sql_repository.h"
#include "datastore/sql_retention.h"

#include <algorithm>
#include <future>
#include <utility>

namespace hashira::datastore {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

milliseconds Sweeper::intervalOf(milliseconds retention) {
    return std::clamp<milliseconds>(retention / limits::kSweepsInRetention,
                                    milliseconds(limits::kSweepIntervalLeastMs),
                                    milliseconds(limits::kSweepIntervalMs));
}

Sweeper::Sweeper(Backend& backend, milliseconds retention, Log& log)
    : m_backend(backend),
      m_retention(retention),
      m_interval(intervalOf(retention)),
      m_log(log),
      m_thread([this] { run(); }) {}

Sweeper::~Sweeper() {
    halt();
    m_thread.join();
}

void Sweeper::halt() {
    {
        const std::lock_guard lock(m_mutex);
        m_halted = true;
    }
    m_wake.notify_all();
}

bool Sweeper::rest(nanoseconds duration) {
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, duration, [this] { return m_halted; });
}

void Sweeper::run() {
    // Daemons that come back after a restart go first.
    bool goesOn = rest(std::min(m_interval, milliseconds(limits::kSweepStartMs)));
    while (goesOn) {
        round();
        goesOn = rest(m_interval);
    }
}

template <typename Answer>
std::optional<Answer> Sweeper::atDesk(const std::string& lane,
                                      const std::function<Answer(Desk&)>& function) {
    std::promise<std::pair<Answer, nanoseconds>> promise;
    auto answer = promise.get_future();
    // A full queue: whoever waits in it goes first.
    while (!m_backend.writers->post(lane, [&](Desk& desk) {
        const auto begin = std::chrono::steady_clock::now();
        Answer found = function(desk);
        promise.set_value({std::move(found), std::chrono::steady_clock::now() - begin});
    }))
        if (!rest(milliseconds(limits::kSweepRestMs))) return {};
    auto [found, took] = answer.get();
    if (!rest(std::clamp<nanoseconds>(took * limits::kSweepRest, milliseconds(1),
                                      milliseconds(limits::kSweepRestMs))))
        return {};
    return std::move(found);
}

std::int64_t Sweeper::beforeMs(const Desk& desk) const {
    return desk.clock().nowMs() - m_retention.count();
}

void Sweeper::round() {
    const auto mine = atDesk<Result<bool>>({}, [this](Desk& desk) {
        return retention::beginRound(desk.database(), desk.clock().nowMs(), m_interval.count());
    });
    if (!mine) return;
    if (!*mine) return failed(mine->error());
    if (!**mine) return;
    Sum sum;
    for (std::int64_t last = 0;;) {
        const auto page = atDesk<Result<std::vector<retention::Due>>>({}, [this, last](Desk& desk) {
            const std::int64_t before = beforeMs(desk);
            return retention::nextAccounts(desk.database(), last, limits::kSweepAccounts, before,
                                           before, limits::kSweepVersions);
        });
        if (page && !*page) failed(page->error());
        if (!page || !*page || (*page)->empty()) break;
        for (const retention::Due& next : **page)
            if (next.due) sweepAccount(next.account, sum);
        last = (*page)->back().account.number;
    }
    tell(sum);
}

Result<ledger::Swept> Sweeper::step(Desk& desk, const AccountKey& account) {
    auto transaction = beginTransaction(desk.database(), Scope::Mode::kWrite, account);
    if (!transaction) return transaction.error();
    const std::int64_t before = beforeMs(desk);
    const ledger::Retention old{before, before, limits::kSweepDocuments, limits::kSweepVersions};
    auto swept = ledger::sweep(**transaction, old, contextOf(desk, m_backend));
    if (!swept) return swept;
    if (const Status committed = (*transaction)->commit(); !committed) return committed.error();
    m_backend.metrics.sweptTombstones.add(static_cast<std::uint64_t>(swept->tombstones));
    m_backend.metrics.sweptVersions.add(static_cast<std::uint64_t>(swept->versions));
    m_backend.metrics.sweptRefusals.add(static_cast<std::uint64_t>(swept->refusals));
    return swept;
}

void Sweeper::sweepAccount(const AccountKey& account, Sum& sum) {
    ++sum.accounts;
    std::optional<std::uint64_t> made;
    for (bool more = true; more;) {
        const auto swept = atDesk<Result<ledger::Swept>>(
            account.id, [&](Desk& desk) { return step(desk, account); });
        if (!swept) break;
        if (!*swept) {
            // Removed in between.
            if (swept->error().code != ErrorCode::kUnauthenticated) failed(swept->error());
            break;
        }
        sum.tombstones += (*swept)->tombstones;
        sum.versions += (*swept)->versions;
        sum.refusals += (*swept)->refusals;
        if ((*swept)->tombstones > 0) made = (*swept)->cursor.version;
        more = (*swept)->more;
    }
    // Once, and not for each step: each time all devices of the account would fetch.
    if (made) m_backend.committed(account.id, *made);
}

void Sweeper::tell(const Sum& sum) {
    if (sum.accounts == 0) return;
    m_log.info("removed what was kept for its time", {{"accounts", sum.accounts},
                                                      {"deleted_tasks", sum.tombstones},
                                                      {"versions", sum.versions},
                                                      {"refusals", sum.refusals}});
}

void Sweeper::failed(const Error& error) {
    m_log.warning("cannot remove what was kept for its time",
                  {{"reason", error.message}, {"next", "in the next round"}});
}

}  // namespace hashira::datastore

// SPDX-License-Identifier: MIT
#include "store/outbox.h"

#include <algorithm>

namespace hashira::store {
namespace {

struct Stamped {
    std::int64_t seq = 0;
    HlcTime stamp;
    HlcTime floor;  ///< the new stamp must be above it
    std::string task;
};

/// The pending, never accepted commands with their floors, in the order of their stamps.
Result<std::vector<Stamped>> readStamped(Database& database, std::int64_t toldMs) {
    std::vector<Stamped> open;
    HlcTime acceptedBefore;  // the greatest stamp of an earlier command that was accepted
    Statement rows = database.prepare(
        "SELECT seq, stamp_ms, stamp_counter, seen_ms, seen_counter, state, accepted, task "
        "FROM commands ORDER BY seq");
    for (;;) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) break;
        const HlcTime stamp(rows.integer(1), static_cast<std::uint32_t>(rows.integer(2)));
        const HlcTime seen(rows.integer(3), static_cast<std::uint32_t>(rows.integer(4)));
        const auto accepted = static_cast<Accepted>(rows.integer(6));
        // By a hello we know that it was accepted, but not that it was with this stamp: a copy of
        // this log may have lowered it.
        if (accepted == Accepted::kByApply ||
            (accepted == Accepted::kByHello && stamp.ms <= toldMs))
            acceptedBefore = std::max(acceptedBefore, stamp);
        if (rows.integer(5) != 0 || accepted != Accepted::kNever) continue;
        open.push_back(
            {rows.integer(0), stamp, std::max(seen, acceptedBefore), std::string(rows.text(7))});
    }
    std::stable_sort(open.begin(), open.end(),
                     [](const Stamped& a, const Stamped& b) { return a.stamp < b.stamp; });
    return open;
}

}  // namespace

Result<Outbox::Tasks> Outbox::shift(std::int64_t toldMs, HlcTime baseGreatest) {
    auto open = readStamped(*m_database, toldMs);
    if (!open) return open.error();
    Tasks tasks;
    if (open->empty()) return tasks;
    const std::int64_t backMs = std::max<std::int64_t>(0, open->back().stamp.ms - toldMs);
    Statement update = m_database->prepare(
        "UPDATE commands SET stamp_ms = ?2, stamp_counter = ?3, stamp_origin = ?4, altered = ?5 "
        "WHERE seq = ?1");
    const std::uint64_t change = nextChange();
    HlcTime last(-1, 0);
    for (const Stamped& command : *open) {
        HlcTime stamp(std::min(command.stamp.ms - backMs, toldMs), command.stamp.counter);
        stamp = std::min(stamp, command.stamp);
        if (stamp <= command.floor) stamp = command.floor.next();
        if (stamp <= last) stamp = last.next();
        last = stamp;
        if (stamp == command.stamp) continue;
        const Status done =
            update.bind(command.seq, stamp.ms, stamp.counter, m_origin, change).run();
        if (!done) return done.error();
        tasks.push_back(command.task);
    }
    Statement greatest = m_database->prepare(
        "SELECT stamp_ms, stamp_counter FROM commands ORDER BY stamp_ms DESC, stamp_counter DESC "
        "LIMIT 1");
    const auto row = greatest.step();
    if (!row) return row.error();
    m_clock = std::max(baseGreatest, HlcTime(greatest.integer(0),
                                             static_cast<std::uint32_t>(greatest.integer(1))));
    if (const Status saved = saveClock(); !saved) return saved.error();
    if (const Status saved = saveChange(); !saved) return saved.error();
    std::sort(tasks.begin(), tasks.end());
    tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
    return tasks;
}

}  // namespace hashira::store

# SPDX-License-Identifier: MIT
"""Rules that the daemon's two files keep."""
from mutations.entry import Mutation

OUTBOX = "service/store/outbox.cpp"
RESTAMP = "service/store/restamp.cpp"
DOCUMENTS = "service/store/documents.cpp"

MUTATIONS = [
    Mutation(
        "overlay_ends_at_apply", "a confirmed command leaves the overlay only when it is covered",
        OUTBOX,
        "        if (confirmed && number <= coveredOf(covered, std::string(row.text(kAfterCommand)))) return;",
        "        if (confirmed) return;",
        "seeds 0"),
    Mutation(
        "pruned_on_acknowledgement", "the log prunes covered commands and no others",
        OUTBOX,
        "? number <= coveredOf(covered, device.device)",
        "? true",
        "seeds 0"),
    Mutation(
        "log_pruned_by_stamps", "covered commands are kept for 10 weeks, whatever clock stamped them",
        OUTBOX,
        "static_cast<std::uint64_t>(row.integer(4)) <= through",
        "true",
        "script"),
    Mutation(
        "withdrawn_left_out", "a command that was given up still uses its number when it is sent again",
        OUTBOX,
        '"WHERE c.device = ? AND c.number >= ? ORDER BY c.number"',
        '"WHERE c.device = ? AND c.number >= ? AND c.state <= 1 ORDER BY c.number"',
        "script"),
    Mutation(
        "accepted_mark_not_kept", "a command that was accepted is marked so",
        OUTBOX,
        '"accepted = CASE accepted WHEN 0 THEN ?3 ELSE accepted END "',
        '"accepted = CASE WHEN ?3 < 0 THEN ?3 ELSE accepted END "',
        "script"),
    Mutation(
        "refusal_without_change_number", "every change of the outbox has a change number",
        OUTBOX,
        '"UPDATE commands SET state = 2, reason = ?3, accepted = max(accepted, ?4), altered = ?5 "',
        '"UPDATE commands SET state = 2, reason = ?3, accepted = max(accepted, ?4), altered = min(altered, ?5) "',
        "script"),
    Mutation(
        "fork_with_new_command_ids", "a fork keeps the command ids",
        OUTBOX,
        "    for (const Left& row : rows) {",
        "    for (Left& row : rows) {\n"
        "        row.commandId[0] = row.commandId[0] == '0' ? 'f' : '0';\n"
        '        (void)m_database->prepare("UPDATE commands SET command_id = ?2 WHERE seq = ?1")\n'
        "            .bind(row.seq, row.commandId)\n"
        "            .run();",
        "script"),
    Mutation(
        "fork_with_new_stamps", "a fork keeps the stamps",
        OUTBOX,
        "SET device = ?2, number = ?3, hash = ?4, state = 0, altered = ?5 WHERE \"",
        "SET device = ?2, number = ?3, hash = ?4, state = 0, altered = ?5, stamp_counter = stamp_counter + 1 WHERE \"",
        "script"),
    Mutation(
        "fork_forgets_confirmed", "a fork takes along all commands not covered by the base",
        OUTBOX,
        '"(state = 3 OR (state = 1 AND number <= ?2))")',
        '"(state = 3 OR (state = 1 AND number > -?2))")',
        "script"),
    Mutation(
        "fork_forgets_covered", "a Send twice has one effect, also after a fork",
        OUTBOX,
        '"UPDATE commands SET device = NULL, number = NULL WHERE device = ?1 AND "',
        '"DELETE FROM commands WHERE device = ?1 AND "',
        "script"),
    Mutation(
        "clock_not_kept", "the greatest stamp given is on disk",
        OUTBOX,
        '    if (const Status set = m_meta.set("clock_ms", m_clock.ms); !set) return set;\n'
        '    return m_meta.set("clock_counter", static_cast<std::int64_t>(m_clock.counter));',
        "    return {};",
        "seeds 0"),
    Mutation(
        "stamps_of_the_device", "a stamp's origin is the start's, not the device's",
        "service/store/outbox.cpp",
        "    outbox->m_origin = origin;",
        "    static_cast<void>(origin);\n    outbox->m_origin = \"device\";",
        "script"),
    # --- restamping ---
    Mutation(
        "restamped_without_floor", "a shifted stamp stays above what the command had seen",
        RESTAMP,
        "        if (stamp <= command.floor) stamp = command.floor.next();",
        "",
        "script"),
    Mutation(
        "accepted_restamped", "an accepted stamp is never changed",
        RESTAMP,
        "        if (rows.integer(5) != 0 || accepted != Accepted::kNever) continue;",
        "        if (rows.integer(5) != 0) continue;",
        "script"),
    Mutation(
        "floor_without_accepted", "a shifted stamp stays above every earlier own command that Apply accepted",
        RESTAMP,
        "            acceptedBefore = std::max(acceptedBefore, stamp);",
        "            ;",
        "script"),
    Mutation(
        "floor_without_hello", "a shifted stamp stays above what a hello told to be accepted, too",
        RESTAMP,
        "            (accepted == Accepted::kByHello && stamp.ms <= toldMs))",
        "            false)",
        "script"),
    Mutation(
        "floor_of_any_hello", "what a hello told to be accepted binds only where its stamp can be what was accepted",
        RESTAMP,
        "            (accepted == Accepted::kByHello && stamp.ms <= toldMs))",
        "            accepted == Accepted::kByHello)",
        "script"),
    Mutation(
        "shifted_out_of_order", "shifted stamps stay strictly increasing",
        RESTAMP,
        "        if (stamp <= last) stamp = last.next();",
        "",
        "script"),
    Mutation(
        "clock_not_lowered", "after a shift the clock is lowered to the greatest stamp left",
        RESTAMP,
        "    m_clock = std::max(baseGreatest,",
        "    m_clock = std::max(std::max(m_clock, baseGreatest),",
        "script"),
    # --- documents.db ---
    Mutation(
        "tombstones_not_pushed", "tombstones are pushed too",
        DOCUMENTS,
        'WHERE id > ? AND base IS NOT NULL ORDER BY id");\n    rows.bind(after);',
        'WHERE id > ? AND base IS NOT NULL AND shown <> 2 ORDER BY id");\n    rows.bind(after);',
        "script"),
    Mutation(
        "evicted_with_pending", "a task with a command that is not covered is not evicted",
        DOCUMENTS,
        "WHERE bucket < ?1 AND pending = 0 \"",
        "WHERE bucket < ?1 \"",
        "seeds 0"),
]

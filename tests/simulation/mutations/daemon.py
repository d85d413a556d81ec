# SPDX-License-Identifier: MIT
"""Rules that the daemon keeps: its engine, and the core that performs what the engine says."""
from mutations.entry import Mutation

MACHINE = "service/engine/machine.cpp"
HELLO = "service/engine/hello.cpp"
CALLS = "service/engine/calls.cpp"
NETWORK = "service/engine/network.cpp"
CORE = "service/daemon/core.cpp"
SYNC = "service/daemon/core_sync.cpp"
SENDER = "service/daemon/sender.cpp"

MUTATIONS = [
    Mutation(
        "restored_bare", "a task that was deleted long ago is restored with all that is in it",
        SENDER,
        "    fillRestored(**record, fields);",
        "",
        "script"),
    Mutation(
        "restored_over_others", "a task that was just deleted is restored without what others may have changed",
        SENDER,
        "    if (deletion->stamp.ms + limits::kRestoredBareMs > nowMs()) return;",
        "",
        "script"),
    # --- hello ---
    Mutation(
        "hello_hash_ignored", "another hash at the last number: restored or cloned",
        HELLO,
        "hash && *hash == theirs.hash;",
        "hash.has_value();",
        "script"),
    Mutation(
        "no_fork", "a restored or cloned device gets a new device id",
        HELLO,
        "        fork(device, local);",
        "        return;",
        "script"),
    Mutation(
        "refusals_of_hello_ignored", "hello gives the refusals not yet settled",
        HELLO,
        "                confirm.refusals.push_back(refusal);",
        "                static_cast<void>(refusal);",
        "seeds 0"),
    Mutation(
        "no_unconfirm", "a lower number than was confirmed: the datastore lost some, they are sent again",
        HELLO,
        "        m_actions.writes.push_back(Unconfirm{device, theirs.last});\n        ours.confirmed = theirs.last;",
        "",
        "script"),
    Mutation(
        "unknown_token_ignored", "a token that the datastore does not know means another history",
        HELLO,
        "m.cursor && (!hello.cursorKnown || hello.cursor.version < m.cursor->version);",
        "m.cursor && hello.cursor.version < m.cursor->version;",
        "script"),
    Mutation(
        "no_push", "when a side was set back, the daemon first pushes its base documents",
        HELLO,
        "    m.pushNeeded = setBack;",
        "    m.pushNeeded = false;",
        "script"),
    Mutation(
        "device_ids_not_asked_in_hello", "hello is for each device id that the outbox holds",
        SYNC,
        "        request.devices.push_back({device.device, device.confirmed});",
        "        static_cast<void>(device);",
        "script"),
    Mutation(
        "settled_too_far", "a refusal is repeated until the daemon says settled_through",
        SYNC,
        "request.devices.push_back({device.device, device.confirmed});",
        "request.devices.push_back({device.device, device.highest});",
        "seeds 0"),
    # --- apply ---
    Mutation(
        "refusals_of_apply_ignored", "a refused command leaves the overlay for the rejected list",
        CALLS,
        "        refusals.push_back({number, words(results[i].refusal, limits::kReasonBytes)});",
        "        static_cast<void>(refusals);",
        "script"),
    Mutation(
        "covered_from_apply", "what is covered comes from Fetch alone",
        SYNC,
        "    const Status confirmed =\n",
        "    auto& claimed = m_views->base().covered[write.device];\n"
        "    (void)touch(m_outbox->tasksBetween(write.device, claimed, write.through));\n"
        "    claimed = std::max(claimed, write.through);\n"
        "    const Status confirmed =\n",
        "seeds 0"),
    # --- push and fetch ---
    Mutation(
        "no_required_cursor", "the fetch that follows a push names the push's cursor",
        MACHINE,
        "    if (m.pushed) request.required.push_back(*m.pushed);",
        "",
        "script"),
    Mutation(
        "device_ids_not_asked_in_fetch", "the fetch's end tells the last number of every device id asked",
        MACHINE,
        "    for (const auto& [id, device] : m.devices) request.devices.push_back(id);",
        "",
        "script"),
    Mutation(
        "cursor_before_base", "base, view, cursor and covered change in one transaction",
        SYNC,
        "    if (const Status done = takeDocuments(base.generation, touched); !done) return done;",
        "    (void)m_documents->saveState(base);\n"
        "    (void)m_documents->database().commit();\n"
        "    (void)m_documents->database().begin();\n"
        "    if (const Status done = takeDocuments(base.generation, touched); !done) return done;",
        "seeds 1"),
    Mutation(
        "reflected_before_views", "the reflected change number changes in the transaction of the views",
        SYNC,
        "    if (done) done = m_views->recompute(m_touched);\n    m_views->base()",
        "    if (done) done = m_documents->saveReflected(m_outbox->change());\n"
        "    (void)m_documents->database().commit();\n"
        "    (void)m_documents->database().begin();\n"
        "    if (done) done = m_views->recompute(m_touched);\n    m_views->base()",
        "seeds 1"),
    # --- when to sync ---
    Mutation(
        "wake_up_dropped", "a wake-up during a sync makes another sync follow it",
        MACHINE,
        "    if (current(event.session)) m.remoteVersion",
        "    if (current(event.session) && m.call == Call::kNone) m.remoteVersion",
        "script"),
    Mutation(
        "no_periodic_sync", "a timer syncs periodically, so that a lost notification only costs time",
        MACHINE,
        "        m.fetchNeeded = true;  // a lost notification costs no more than this interval",
        "",
        "script"),
    Mutation(
        "no_retry_timer", "pending commands imply a timer that runs",
        MACHINE,
        "        m_actions.wakeAtMs = m.retryAtMs;",
        "",
        "seeds 0"),
    Mutation(
        "no_retry_on_reconnect", "a network that comes back cuts a running backoff short",
        NETWORK,
        "    m.failures = 0;\n    m.retryAtMs.reset();\n    m.fetchNeeded = true;",
        "    m.fetchNeeded = true;",
        "script"),
    Mutation(
        "tried_without_a_network", "without a network nothing is tried",
        MACHINE,
        "        if (noNetwork()) return waitForNetwork();\n",
        "",
        "script"),
    Mutation(
        "no_deadline", "a call that is not answered is given up",
        MACHINE,
        "        if (m.deadlineMs <= m_input.steadyMs)\n",
        "        if (m.deadlineMs <= 0)\n",
        "seeds 0"),
    Mutation(
        "window_not_refetched", "weeks that are kept again are fetched",
        MACHINE,
        "        m.windowNeeded = true;\n    else",
        "        m.windowFrom = m.window.from;\n    else",
        "script"),
    # --- the core ---
    Mutation(
        "acknowledged_before_commit", "OK is answered when the outbox is durable",
        CORE,
        "    if (const Status committed = database.commit(); !committed) return failAll(committed.error());",
        "    for (std::size_t i = 0; i < jobs.size(); ++i)\n"
        "        if (!errors[i]) jobs[i].reply(replies[i]);\n"
        "    if (const Status committed = database.commit(); !committed) return failAll(committed.error());",
        "seeds 0"),
    Mutation(
        "no_catch_up", "at start the tasks of all rows above the reflected change number are recomputed",
        "service/daemon/core_files.cpp",
        "    const Status caughtUp = catchUp();",
        "    const Status caughtUp;",
        "script"),
    Mutation(
        "window_kept_after_eviction", "what was evicted counts as not fetched",
        CORE,
        "    if (from) from = std::max(*from, oldest);",
        "    static_cast<void>(from);",
        "script"),
    Mutation(
        "reflected_with_debt", "the reflected change number is not written while older changes are owed",
        CORE,
        "    if (done && !m_reflectDebt) done = m_documents->saveReflected(m_outbox->change());\n"
        "    if (done) done = database.commit();",
        "    if (done) done = m_documents->saveReflected(m_outbox->change());\n"
        "    if (done) done = database.commit();",
        "script"),
    Mutation(
        "log_pruned_by_own_clock", "covered commands are kept for 10 weeks, whatever this device's clock says",
        CORE,
        "m_datastoreMs - limits::kLogKeptMs",
        "m_clock.nowMs() - limits::kLogKeptMs",
        "script"),
    # --- Send ---
    Mutation(
        "send_again_taken_again", "a Send twice with the same command id has one effect",
        SENDER,
        "        if (*known) return receiptOf(**known);",
        "",
        "script"),
    Mutation(
        "stamp_below_seen", "a stamp is never below any stamp seen on this device",
        SENDER,
        "std::max({m_outbox.clock(), m_views.base().clock, seen});",
        "std::max(m_outbox.clock(), HlcTime());",
        "script"),
    Mutation(
        "place_alone", "a change of place writes place, rank, started and done together",
        SENDER,
        "    if (named) fillPlace(record, place, fields);",
        "    static_cast<void>(named);",
        "seeds 0"),
    Mutation(
        "send_taken_in_part", "one bad command refuses the whole Send",
        SENDER,
        "    Status done = m_outbox.takeBack(mark);",
        "    Status done;",
        "seeds 0"),
    Mutation(
        "place_without_rank", "a change of place writes the rank with it",
        SENDER,
        '    if (!findField(fields, "rank")) {',
        '    if (draft.what == What::kNew && !findField(fields, "rank")) {',
        "seeds 0"),
]

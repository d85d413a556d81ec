# SPDX-License-Identifier: MIT
"""Rules that the datastore keeps, and the merge that both sides share."""
from mutations.entry import Mutation

LEDGER = "service/datastore/ledger.cpp"
SWEEP = "service/datastore/ledger_sweep.cpp"
FETCH = "service/datastore/ledger_fetch.cpp"
DOCUMENT = "service/model/document.cpp"

MUTATIONS = [
    Mutation(
        "no_chain_hash", "a repeated number counts as applied only if the chain reproduces the stored hash",
        LEDGER,
        "    return hash == row.hash;",
        "    return true;",
        "script"),
    Mutation(
        "batch_below_last_counts", "a batch that ends below the last number is answered with a new hello",
        LEDGER,
        "    if (commands.front().number > row.last + 1 || commands.back().number < row.last) return false;",
        "    if (commands.front().number > row.last + 1) return false;\n"
        "    if (commands.back().number < row.last) return true;",
        "script"),
    Mutation(
        "refusals_not_kept", "a refusal is stored in the transaction that uses up its number",
        LEDGER,
        "        return refuse(numbered.number, result.refusal);",
        "        return {};",
        "seeds 0"),
    Mutation(
        "refused_number_not_used", "a refused command uses up its number",
        LEDGER,
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);\n        if (!refusal) return refusal.error();",
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);\n        if (!refusal) return refusal.error();\n"
        "        if (!refusal->empty()) {\n"
        "            --m_row.last;\n"
        "            result.refusal = std::move(*refusal);\n"
        "            return {};\n"
        "        }",
        "seeds 0"),
    Mutation(
        "refused_blocks_queue", "a refused command never blocks the queue",
        LEDGER,
        "            response.results.push_back(std::move(result));",
        "            if (!result.refusal.empty()) {\n"
        "                m_row.last = numbered.number - 1;\n"
        "                break;\n"
        "            }\n"
        "            response.results.push_back(std::move(result));",
        "script"),
    Mutation(
        "withdrawn_takes_effect", "a command that was given up has no effect when it is sent again",
        LEDGER,
        "        if (numbered.withdrawn) return refuse(",
        "        if (false) return refuse(",
        "script"),
    Mutation(
        "no_history_token", "a random token is written with the versions of each transaction",
        LEDGER,
        "account.cursor = {account.cursor.version + 1, context.freshToken};",
        'account.cursor = {account.cursor.version + 1, "token"};',
        "script"),
    Mutation(
        "ledger_clamps_stamps", "the ledger never alters a stamp",
        LEDGER,
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);",
        "        Command clamped = command;\n"
        "        clamped.stamp.ms = std::min(clamped.stamp.ms, m_nowMs);\n"
        "        auto refusal = applyEffect(m_workspace, clamped, m_effects[i]);",
        "script"),
    Mutation(
        "clock_ahead_accepted", "a stamp more than a day ahead is held off",
        LEDGER,
        "numbered.command.stamp.ms > clockMs() + limits::kClockAheadMs;",
        "false;",
        "script"),
    Mutation(
        "accepted_mark_ignored", "a command that was accepted before is never checked again",
        LEDGER,
        "        return !numbered.acceptedBefore && !numbered.withdrawn &&",
        "        return !numbered.withdrawn &&",
        "script"),
    Mutation(
        "number_before_effect", "the last number is written in the transaction of the effect",
        LEDGER,
        "    const Status done = finish(transaction, batch.workspace(), *account, greatestBefore, context);\n"
        "    if (!done) return done.error();\n"
        "    response.cursor = account->cursor;\n"
        "    return response;\n"
        "}\n\n"
        "Result<sync::PushResponse>",
        "    if (context.nowMs % 5 == 0) {  // it ends here, between the two\n"
        "        response.helloNeeded = true;\n"
        "        response.results.clear();\n"
        "        return response;\n"
        "    }\n"
        "    const Status done = finish(transaction, batch.workspace(), *account, greatestBefore, context);\n"
        "    if (!done) return done.error();\n"
        "    response.cursor = account->cursor;\n"
        "    return response;\n"
        "}\n\n"
        "Result<sync::PushResponse>",
        "script"),
    Mutation(
        "push_with_new_stamps", "base documents are pushed with their stamps",
        LEDGER,
        "        const auto refusal = workspace.merge(pushed.document);",
        "        Document fresh = pushed.document;\n"
        "        for (StampedField& field : fresh.fields) field.stamp.ms = context.nowMs;\n"
        "        const auto refusal = workspace.merge(fresh);",
        "script"),
    Mutation(
        "unknown_task_refused", "a task that the ledger does not know is no reason to refuse an UPDATE",
        LEDGER,
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);",
        "        const auto effect = effectOf(command.what, command.payload);\n"
        "        if (command.what == What::kUpdate && effect && !m_transaction.document(effect->taskId)->has_value()) {\n"
        '            result.refusal = "no such task";\n'
        "            return refuse(numbered.number, result.refusal);\n"
        "        }\n"
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);",
        "script"),
    Mutation(
        "new_overwrites", "a NEW of an id that exists merges",
        LEDGER,
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);",
        "        const auto effect = effectOf(command.what, command.payload);\n"
        "        if (command.what == What::kNew && effect)\n"
        "            (void)m_transaction.saveDocument(\n"
        '                effect->taskId, "{\\"fields\\":{},\\"id\\":\\"" + effect->taskId + "\\"}", 0, Bucket{}, 0);\n'
        "        auto refusal = applyEffect(m_workspace, command, m_effects[i]);",
        "script"),
    Mutation(
        "sweep_forgets_the_deletion", "id and stamp of the deletion stay",
        SWEEP,
        '    return field.name == "deleted" || field.name == "place"',
        '    return field.name == "place"',
        "script"),
    Mutation(
        "sweep_forgets_the_week", "what a tombstone's bucket is told by stays",
        SWEEP,
        ' || field.name == "place" || field.name == "done";',
        ";",
        "script"),
    Mutation(
        "sweep_without_a_version", "tombstones lose their payload in a version of their own",
        SWEEP,
        "        if (m_count++ == 0) m_account.cursor = {m_account.cursor.version + 1, m_context.freshToken};",
        "        ++m_count;",
        "script"),
    Mutation(
        "sweep_too_early", "tombstones lose their payload with time, and not before",
        SWEEP,
        "transaction.deletedBefore(retention.tombstonesMs, retention.documents);",
        "transaction.deletedBefore(std::int64_t{1} << 60, retention.documents);",
        "script"),
    Mutation(
        "forgotten_refusal_greeted", "a device with no answer to a forgotten refusal does not take it for applied",
        LEDGER,
        "        if (query.settledThrough < row->forgotten) row->hash = chainStart();",
        "",
        "script"),
    Mutation(
        "forgotten_refusal_repeated", "a repeated batch is not answered where a refusal of it was forgotten",
        LEDGER,
        "    if (commands.front().number <= row.forgotten) return false;",
        "",
        "script"),
    Mutation(
        "delta_of_open_only", "since a version, every changed document is returned whatever its week",
        FETCH,
        "        version, [&](const std::string&, Bucket, const StoredDocument& document) {\n"
        "            return pieces.add(document);",
        "        version, [&](const std::string&, Bucket bucket, const StoredDocument& document) {\n"
        "            return bucket.open() ? pieces.add(document) : Status();",
        "seeds 0"),
    Mutation(
        "required_cursor_ignored", "a fetch that names a cursor which is not known starts again with the push",
        FETCH,
        "    std::vector<sync::Cursor> cursors = request.required;",
        "    std::vector<sync::Cursor> cursors;",
        "script"),
    Mutation(
        "merge_by_arrival", "a field is set only where the command's stamp is greater",
        DOCUMENT,
        "    if (const auto order = stamp <=> field.stamp; order != 0) return order > 0;\n"
        "    return value > field.value;",
        "    static_cast<void>(stamp);\n    return value != field.value;",
        "script"),
    Mutation(
        "equal_stamps_not_tied", "of equal stamps the value's greater bytes win",
        DOCUMENT,
        "    return value > field.value;",
        "    static_cast<void>(value);\n    return false;",
        "script"),
]

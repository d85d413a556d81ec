// SPDX-License-Identifier: MIT
#include "datastore/ledger.h"

#include "base/limits.h"
#include "datastore/workspace.h"
#include "model/uuid.h"

#include <algorithm>
#include <utility>

namespace hashira::datastore::ledger {
namespace {

Status checkDevices(std::size_t count) {
    if (count <= limits::kWatchDevices) return {};
    return invalid("more than " + std::to_string(limits::kWatchDevices) +
                   " device ids are asked for");
}

/// What makes a batch malformed, whatever the history.
Status checkBatch(const sync::ApplyRequest& request) {
    const auto& commands = request.commands;
    if (!isDeviceId(request.device)) return invalid("device_id: is no device id");
    if (request.previousHash.size() != chainStart().size())
        return invalid("previous_hash: must be 32 bytes");
    if (commands.empty()) return invalid("commands: must not be empty");
    if (commands.size() > limits::kApplyCommands)
        return invalid("commands: at most " + std::to_string(limits::kApplyCommands) +
                       " are allowed");
    if (commands.front().number == 0) return invalid("commands: numbers begin with 1");
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        // 0: the numbers ran over.
        if (commands[i].number == 0 || commands[i].number != commands.front().number + i)
            return invalid("commands: numbers must ascend by one");
        bytes += commands[i].command.payload.size();
    }
    if (commands.size() > 1 && bytes > limits::kApplyBytes)
        return invalid("commands: at most " + std::to_string(limits::kApplyBytes) +
                       " bytes of payload are allowed");
    return {};
}

/// Whether the batch continues, or repeats, the history that the ledger knows of the device. A
/// number alone proves nothing: a restored or cloned device uses numbers again for other commands.
bool continues(const ReadApply& batch, const DeviceRow& row) {
    const auto& commands = batch.request.commands;
    // What is repeated may have been refused: the hello makes a new device id of it.
    if (commands.front().number <= row.forgotten) return false;
    if (commands.front().number > row.last + 1 || commands.back().number < row.last) return false;
    const std::uint64_t repeated = row.last + 1 - commands.front().number;
    const std::string_view hash =
        repeated > 0 ? batch.hashAfter(repeated - 1) : batch.request.previousHash;
    return hash == row.hash;
}

/// The refusal of that number, or empty.
std::string storedRefusal(const std::vector<sync::Refusal>& refusals, std::uint64_t number) {
    for (const sync::Refusal& refusal : refusals)
        if (refusal.number == number) return refusal.reason;
    return {};
}

/// What a command sets, or why it is refused.
Result<Effect> checkedEffect(const Command& command) {
    if (!isUuid(command.commandId)) return invalid("the command's id is no UUID");
    if (command.what < What::kNew || command.what > What::kDelete)
        return invalid("this datastore does not know such a command: it may need an update");
    return effectOf(command.what, command.payload);
}

/// Merges a command, or says why it is refused: applied where the text is empty.
Result<std::string> applyEffect(Workspace& workspace, const Command& command,
                                Result<Effect>& effect) {
    if (!effect) return effect.error().message;
    return workspace.merge(std::move(*effect), command.stamp);
}

/// Names to the repository what a request is about.
Status readAhead(Transaction& transaction, const ReadApply& batch) {
    if (!transaction.readsAhead()) return {};
    const sync::ApplyRequest& request = batch.request;
    Transaction::Ahead ahead{{}, request.device, request.commands.front().number - 1};
    for (const Result<Effect>& effect : batch.effects)
        if (effect) ahead.ids.push_back(effect->taskId);
    return transaction.readAhead(std::move(ahead));
}

Status readAhead(Transaction& transaction, const std::vector<VersionedDocument>& documents) {
    if (!transaction.readsAhead()) return {};
    Transaction::Ahead ahead;
    for (const VersionedDocument& versioned : documents) ahead.ids.push_back(versioned.document.id);
    return transaction.readAhead(std::move(ahead));
}

/// Applies the commands of one batch that are new.
class Batch {
public:
    Batch(Transaction& transaction, ReadApply& batch, AccountState& account, DeviceRow& row,
          std::int64_t nowMs)
        : m_transaction(transaction),
          m_request(batch.request),
          m_batch(batch),
          m_effects(batch.effects),
          m_account(account),
          m_row(row),
          m_nowMs(nowMs),
          m_workspace(transaction) {}

    Status run(sync::ApplyResponse& response) {
        const auto refusals =
            m_transaction.refusals(m_request.device, m_request.commands.front().number - 1);
        if (!refusals) return refusals.error();
        response.results.reserve(m_request.commands.size());
        for (std::size_t i = 0; i < m_request.commands.size(); ++i) {
            sync::NumberedCommand& numbered = m_request.commands[i];
            sync::ApplyResult result{numbered.number, {}, {}};
            if (numbered.number <= m_row.last) {
                result.refusal = storedRefusal(*refusals, numbered.number);
            } else if (tooFarAhead(numbered)) {
                response.clockAheadMs = clockMs();
                break;
            } else if (const Status applied = applyNew(i, result); !applied) {
                return applied;
            }
            result.commandId = std::move(numbered.command.commandId);
            response.results.push_back(std::move(result));
        }
        return {};
    }

    Workspace& workspace() { return m_workspace; }

private:
    std::int64_t clockMs() const { return std::max(m_nowMs, m_account.greatest.ms); }

    bool tooFarAhead(const sync::NumberedCommand& numbered) const {
        return !numbered.acceptedBefore && !numbered.withdrawn &&
               numbered.command.stamp.ms > clockMs() + limits::kClockAheadMs;
    }

    Status applyNew(std::size_t i, sync::ApplyResult& result) {
        const sync::NumberedCommand& numbered = m_request.commands[i];
        const Command& command = numbered.command;
        m_row.last = numbered.number;
        m_row.hash = m_batch.hashAfter(i);
        // Without effect here, so a device that is set back to before it was withdrawn must hear
        // so: it would take the number for an effect. Its sender knows already.
        if (numbered.withdrawn) return refuse(numbered.number, "it was refused or given up before");
        auto refusal = applyEffect(m_workspace, command, m_effects[i]);
        if (!refusal) return refusal.error();
        result.refusal = std::move(*refusal);
        if (result.refusal.empty()) {
            m_account.greatest = std::max(m_account.greatest, HlcTime(command.stamp));
            return {};
        }
        return refuse(numbered.number, result.refusal);
    }

    Status refuse(std::uint64_t number, const std::string& reason) {
        return m_transaction.addRefusal(m_request.device, {number, reason}, m_nowMs);
    }

    Transaction& m_transaction;
    sync::ApplyRequest& m_request;
    const ReadApply& m_batch;
    std::vector<Result<Effect>>& m_effects;
    AccountState& m_account;
    DeviceRow& m_row;
    std::int64_t m_nowMs;
    Workspace m_workspace;
};

/// No refusal: what is not taken now waits on its device, and arrives when there is more room.
Error full(const AccountState& account, const Context& context) {
    constexpr std::int64_t kMegabyte = 1024 * 1024;
    return {ErrorCode::kExhausted,
            "this account is full: with this change its tasks would take " +
                std::to_string(account.bytes / kMegabyte) + " MB, and " +
                std::to_string(context.mostBytes / kMegabyte) +
                " MB are allowed; whoever runs the datastore can allow more",
            limits::kRetryAfterMostMs};
}

/// Gives what changed one new version, and writes the account where it changed.
Status finish(Transaction& transaction, Workspace& workspace, AccountState& account, HlcTime before,
              const Context& context) {
    if (workspace.changed()) {
        account.cursor = {account.cursor.version + 1, context.freshToken};
        const auto grown = workspace.save(account.cursor.version, context.nowMs);
        if (!grown) return grown.error();
        account.bytes += *grown;
        if (*grown > 0 && account.bytes > context.mostBytes) return full(account, context);
    }
    if (!workspace.changed() && account.greatest == before) return {};
    return transaction.saveAccount(account, context.nowMs);
}

}  // namespace

Result<sync::Hello> hello(Transaction& transaction, const sync::WatchRequest& request,
                          const Context& context) {
    if (const Status few = checkDevices(request.devices.size()); !few) return few.error();
    auto account = transaction.account();
    if (!account) return account.error();
    sync::Hello hello;
    hello.account = account->account;
    hello.incarnation = account->incarnation;
    hello.cursor = account->cursor;
    hello.timeMs = context.nowMs;
    hello.version = context.version;
    if (request.cursor) {
        const auto known = transaction.knowsCursor(*request.cursor);
        if (!known) return known.error();
        hello.cursorKnown = *known != Known::kNo;
        hello.cursorOld = *known == Known::kOld;
    }
    for (const sync::DeviceQuery& query : request.devices) {
        if (!isDeviceId(query.device)) return invalid("device_id: is no device id");
        auto row = transaction.device(query.device);
        if (!row) return row.error();
        // Kept after they are settled: a device restored from a backup asks again from further
        // back, and a clone settles only for itself.
        auto refusals = transaction.refusals(query.device, query.settledThrough);
        if (!refusals) return refusals.error();
        // Of a number that the device has no answer to, nobody knows any more whether it was
        // refused: it must not take it for applied. No command has this hash, so it sends all that
        // is not covered under a new device id.
        if (query.settledThrough < row->forgotten) row->hash = chainStart();
        hello.devices.push_back({query.device, row->last, row->hash, std::move(*refusals)});
    }
    return hello;
}

ReadApply read(sync::ApplyRequest request) {
    ReadApply batch{std::move(request), {}, {}};
    if (!checkBatch(batch.request)) return batch;
    batch.effects.reserve(batch.request.commands.size());
    batch.hashes.reserve(batch.request.commands.size() * batch.request.previousHash.size());
    Hash hash = batch.request.previousHash;
    for (const sync::NumberedCommand& numbered : batch.request.commands) {
        const Command& command = numbered.command;
        batch.effects.push_back(checkedEffect(command));
        hash = chainNext(hash, command.commandId, command.payload);
        batch.hashes += hash;
    }
    return batch;
}

Result<sync::ApplyResponse> apply(Transaction& transaction, const sync::ApplyRequest& request,
                                  const Context& context) {
    ReadApply batch = read(request);
    return applyRead(transaction, batch, context);
}

Result<sync::ApplyResponse> applyRead(Transaction& transaction, ReadApply& read,
                                      const Context& context) {
    const sync::ApplyRequest& request = read.request;
    auto account = transaction.account();
    if (!account) return account.error();
    sync::ApplyResponse response;
    response.cursor = account->cursor;
    response.timeMs = context.nowMs;
    if (request.incarnation != account->incarnation) {
        response.helloNeeded = true;
        return response;
    }
    if (const Status good = checkBatch(request); !good) return good.error();
    if (const Status ahead = readAhead(transaction, read); !ahead) return ahead.error();
    auto row = transaction.device(request.device);
    if (!row) return row.error();
    if (!continues(read, *row)) {
        response.helloNeeded = true;
        if (request.commands.front().number > row->last + 1)
            response.expectedNumber = row->last + 1;
        return response;
    }
    const std::uint64_t lastBefore = row->last;
    if (request.commands.front().number <= lastBefore) response.knownThrough = lastBefore;
    const HlcTime greatestBefore = account->greatest;
    Batch batch(transaction, read, *account, *row, context.nowMs);
    if (const Status ran = batch.run(response); !ran) return ran.error();
    if (row->last != lastBefore)
        if (const Status saved = transaction.saveDevice(request.device, *row); !saved)
            return saved.error();
    const Status done = finish(transaction, batch.workspace(), *account, greatestBefore, context);
    if (!done) return done.error();
    response.cursor = account->cursor;
    return response;
}

Result<sync::PushResponse> push(Transaction& transaction, const sync::PushRequest& request,
                                const Context& context) {
    auto account = transaction.account();
    if (!account) return account.error();
    sync::PushResponse response;
    response.cursor = account->cursor;
    response.timeMs = context.nowMs;
    if (request.incarnation != account->incarnation) {
        response.helloNeeded = true;
        return response;
    }
    const auto documents = sync::parseDocuments(request.documentsJson);
    if (!documents) return documents.error();
    if (documents->size() > 1 && request.documentsJson.size() > limits::kPushBytes)
        return invalid("documents_json: more than " + std::to_string(limits::kPushBytes) +
                       " bytes");
    const HlcTime greatestBefore = account->greatest;
    Workspace workspace(transaction);
    if (const Status read = readAhead(transaction, *documents); !read) return read.error();
    for (const VersionedDocument& pushed : *documents) {
        // What no command can make, no daemon takes: all others would be kept from reading.
        if (!checkFields(pushed.document)) continue;
        const auto refusal = workspace.merge(pushed.document);
        if (!refusal) return refusal.error();
        // A union over the limits is left out: one document must not keep the rest from being made
        // whole.
        if (!refusal->empty()) continue;
        account->greatest = std::max(account->greatest, pushed.document.greatest());
    }
    const Status done = finish(transaction, workspace, *account, greatestBefore, context);
    if (!done) return done.error();
    response.cursor = account->cursor;
    return response;
}

}  // namespace hashira::datastore::ledger

// SPDX-License-Identifier: MIT
#include "simulation/datastore.h"

#include "model/uuid.h"

#include <algorithm>

namespace hashira::sim {

namespace ledger = datastore::ledger;

namespace {

/// Small, so that a sweep takes several steps.
constexpr int kSweptAtOnce = 3;

bool isRestoredBare(const Fields& fields) {
    const auto has = [&](std::string_view name, std::string_view value) {
        return std::any_of(fields.begin(), fields.end(), [&](const FieldValue& field) {
            return field.name == name && (value.empty() || field.value == value);
        });
    };
    return has("deleted", "false") && !has("name", {});
}

}  // namespace

SimDatastore::SimDatastore(const WorldTime& time, std::uint64_t seed)
    : m_time(time), m_random(seed) {
    wipe();
}

void SimDatastore::wipe() {
    m_repository = {};
    m_repository.addAccount(kAccount, makeToken(m_random, 8));
    m_applied.clear();
    m_expected.clear();
}

void SimDatastore::restore(const Backup& backup) {
    m_repository = backup.repository;
    m_applied = backup.applied;
    m_expected = backup.expected;
}

void SimDatastore::expect(const std::string& task, const std::string& field,
                          const std::string& value, const Stamp& stamp) {
    auto& held = m_expected[task][field];
    held = std::max(held, std::pair(stamp, value));
}

void SimDatastore::checkDocument(const std::string& task) {
    const auto& documents = m_repository.find(kAccount)->documents;
    const auto row = documents.find(task);
    const Document document =
        row == documents.end() ? Document() : parseDocument(row->second.text)->document;
    if (row != documents.end() && !document.bucket().open()) m_onceClosed.insert(task);
    const auto& fields = m_expected[task];
    bool same = document.fields.size() == fields.size();
    for (const StampedField& field : document.fields) {
        const auto found = fields.find(field.name);
        same =
            same && found != fields.end() && found->second == std::pair(field.stamp, field.value);
    }
    if (!same) violations.push_back("the document " + task + " is not the merge of what came in");
}

ledger::Context SimDatastore::context() {
    return {m_time.ms + skewMs, makeToken(m_random, 8), "sim"};
}

std::uint64_t SimDatastore::version() const {
    return m_repository.find(kAccount)->state.cursor.version;
}

const SimDatastore::Applied& SimDatastore::appliedAt(const std::string& token) const {
    static const Applied kNone;
    const auto found = m_appliedAt.find(token);
    return found == m_appliedAt.end() ? kNone : found->second;
}

std::map<std::string, VersionedDocument> SimDatastore::documents() const {
    std::map<std::string, VersionedDocument> all;
    for (const auto& [id, row] : m_repository.find(kAccount)->documents)
        all[id] = {parseDocument(row.text)->document, row.version};
    return all;
}

Result<sync::Hello> SimDatastore::hello(const sync::WatchRequest& request) {
    auto transaction = m_repository.begin(kAccount);
    auto answer = ledger::hello(*transaction, request, context());
    if (answer && !transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
    return answer;
}

Result<sync::ApplyResponse> SimDatastore::apply(sync::ApplyRequest request,
                                                const std::set<std::string>& refuse) {
    // `what` is not in the chain: one that no datastore knows yet is refused.
    for (sync::NumberedCommand& each : request.commands)
        if (refuse.contains(each.command.commandId)) each.command.what = static_cast<What>(9);
    const std::uint64_t before = [&] {
        const auto& devices = m_repository.find(kAccount)->devices;
        const auto found = devices.find(request.device);
        return found == devices.end() ? 0 : found->second.last;
    }();
    auto transaction = m_repository.begin(kAccount);
    auto answer = ledger::apply(*transaction, request, context());
    if (!answer) return answer;
    if (!transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
    std::set<std::string> changed;
    for (std::size_t i = 0; i < answer->results.size(); ++i) {
        const sync::NumberedCommand& each = request.commands[i];
        if (each.number <= before || each.withdrawn || !answer->results[i].refusal.empty())
            continue;
        if (const auto effect = effectOf(each.command.what, each.command.payload)) {
            for (const FieldValue& field : effect->fields)
                expect(effect->taskId, field.name, field.value, each.command.stamp);
            changed.insert(effect->taskId);
            if (isRestoredBare(effect->fields)) m_restoredBare.insert(effect->taskId);
        }
        auto& stamps = m_applied[each.command.commandId];
        stamps.insert(each.command.stamp.text());
        if (stamps.size() > 1 && noDoubles)
            violations.push_back("command " + each.command.commandId +
                                 " took effect with two stamps");
    }
    for (const std::string& task : changed) checkDocument(task);
    m_appliedAt[answer->cursor.token] = m_applied;
    return answer;
}

Result<sync::PushResponse> SimDatastore::push(const sync::PushRequest& request,
                                              const Applied& known) {
    auto transaction = m_repository.begin(kAccount);
    auto answer = ledger::push(*transaction, request, context());
    if (!answer) return answer;
    if (!transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
    if (!answer->helloNeeded) {
        const auto documents = sync::parseDocuments(request.documentsJson);
        for (const VersionedDocument& pushed : *documents)
            for (const StampedField& field : pushed.document.fields)
                expect(pushed.document.id, field.name, field.value, field.stamp);
        for (const VersionedDocument& pushed : *documents) checkDocument(pushed.document.id);
        for (const auto& [id, stamps] : known) m_applied[id].insert(stamps.begin(), stamps.end());
        m_appliedAt[answer->cursor.token] = m_applied;
    }
    return answer;
}

Status SimDatastore::sweep(std::int64_t retentionMs) {
    for (bool more = true; more;) {
        const test::MemoryRepository before = m_repository;
        auto transaction = m_repository.begin(kAccount);
        const std::int64_t oldMs = m_time.ms + skewMs - retentionMs;
        const auto swept =
            ledger::sweep(*transaction, {oldMs, oldMs, kSweptAtOnce, kSweptAtOnce}, context());
        if (!swept) return swept.error();
        if (!transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
        noteSwept(before);
        m_appliedAt[swept->cursor.token] = m_applied;
        more = swept->more;
    }
    return {};
}

void SimDatastore::noteSwept(const test::MemoryRepository& before) {
    const auto& documents = m_repository.find(kAccount)->documents;
    for (const auto& [id, was] : before.find(kAccount)->documents) {
        if (documents.at(id).text == was.text) continue;
        if (!parseDocument(was.text)->document.deleted())
            violations.push_back("the task " + id + " is not deleted, and was swept");
        m_swept.insert(id);
        std::erase_if(m_expected[id],
                      [](const auto& field) { return !staysWhenSwept(field.first); });
        checkDocument(id);
    }
}

Result<SimDatastore::Fetched> SimDatastore::fetch(const sync::FetchRequest& request) {
    auto transaction = m_repository.begin(kAccount);
    Fetched fetched;
    auto end = ledger::fetch(*transaction, request, context(), [&](sync::Chunk chunk) -> Status {
        fetched.chunks.push_back(std::move(chunk));
        return {};
    });
    if (!end) return end.error();
    fetched.end = {end->helloNeeded, end->state};
    return fetched;
}

}  // namespace hashira::sim

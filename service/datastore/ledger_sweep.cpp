// SPDX-License-Identifier: MIT
#include "datastore/ledger.h"

#include <algorithm>
#include <iterator>

namespace hashira::datastore::ledger {
namespace {

/// What of a tombstone stays for ever: the deletion and its stamp, so that no edit that comes later
/// revives the task, and what its bucket is told by.
bool stays(const StampedField& field) {
    return field.name == "deleted" || field.name == "place" || field.name == "done";
}

class Tombstones {
public:
    Tombstones(Transaction& transaction, AccountState& account, const Context& context)
        : m_transaction(transaction), m_account(account), m_context(context) {}

    Status strip(const std::string& id) {
        const auto stored = m_transaction.document(id);
        if (!stored) return stored.error();
        if (!*stored) return {};
        const auto parsed = readDocument((*stored)->text);
        if (!parsed)
            return Error{ErrorCode::kInternal, "a stored document: " + parsed.error().message};
        const Document& whole = parsed->document;
        Document left{id, {}};
        std::copy_if(whole.fields.begin(), whole.fields.end(), std::back_inserter(left.fields),
                     stays);
        // A migration took it for a tombstone, or its payload is gone already.
        if (!whole.deleted() || left.fields.size() == whole.fields.size())
            return m_transaction.saveDocument(id, (*stored)->text, (*stored)->version,
                                              whole.bucket(), 0);
        if (m_count++ == 0) m_account.cursor = {m_account.cursor.version + 1, m_context.freshToken};
        const std::string text = documentText(left);
        m_account.bytes -= static_cast<std::int64_t>((*stored)->text.size() - text.size());
        return m_transaction.saveDocument(id, text, m_account.cursor.version, left.bucket(), 0);
    }

    Status end() {
        return m_count > 0 ? m_transaction.saveAccount(m_account, m_context.nowMs) : Status();
    }

    int count() const { return m_count; }

private:
    Transaction& m_transaction;
    AccountState& m_account;
    const Context& m_context;
    int m_count = 0;
};

}  // namespace

Result<Swept> sweep(Transaction& transaction, const Retention& retention, const Context& context) {
    auto account = transaction.account();
    if (!account) return account.error();
    auto ids = transaction.deletedBefore(retention.tombstonesMs, retention.documents);
    if (!ids) return ids.error();
    Swept swept;
    swept.more = static_cast<int>(ids->size()) == retention.documents;
    if (transaction.readsAhead() && !ids->empty())
        if (const Status read = transaction.readAhead({*ids}); !read) return read.error();
    // The order in which documents are saved.
    std::sort(ids->begin(), ids->end());
    Tombstones tombstones(transaction, *account, context);
    for (const std::string& id : *ids)
        if (const Status stripped = tombstones.strip(id); !stripped) return stripped.error();
    if (const Status ended = tombstones.end(); !ended) return ended.error();
    swept.tombstones = tombstones.count();
    const auto refusals = transaction.forgetRefusals(retention.versionsMs, retention.documents);
    if (!refusals) return refusals.error();
    swept.refusals = *refusals;
    const auto versions = transaction.packVersions(retention.versionsMs, retention.versions);
    if (!versions) return versions.error();
    swept.versions = *versions;
    swept.more = swept.more || *refusals == retention.documents || *versions > 0;
    swept.cursor = account->cursor;
    return swept;
}

}  // namespace hashira::datastore::ledger

// SPDX-License-Identifier: MIT
#include "support/memory_repository.h"

#include <algorithm>
#include <utility>

namespace hashira::test {
namespace {

using Account = MemoryRepository::Account;
using Row = std::pair<const std::string, MemoryRepository::DocumentRow>;

class MemoryTransaction final : public datastore::Transaction {
public:
    explicit MemoryTransaction(Account& live) : m_live(live) {}

    Result<datastore::AccountState> account() override { return read().state; }

    Status saveAccount(const datastore::AccountState& state) override {
        Account& account = write();
        account.state = state;
        if (state.cursor.version > 0) account.tokens[state.cursor.version] = state.cursor.token;
        return {};
    }

    Result<bool> knowsCursor(const sync::Cursor& cursor) override {
        if (cursor == sync::Cursor()) return true;
        const auto at = read().tokens.find(cursor.version);
        return at != read().tokens.end() && at->second == cursor.token;
    }

    Result<datastore::DeviceRow> device(const std::string& device) override {
        const auto at = read().devices.find(device);
        return at == read().devices.end() ? datastore::DeviceRow() : at->second;
    }

    Status saveDevice(const std::string& device, const datastore::DeviceRow& row) override {
        write().devices[device] = row;
        return {};
    }

    Result<std::vector<sync::Refusal>> refusals(const std::string& device,
                                                std::uint64_t above) override {
        std::vector<sync::Refusal> refusals;
        const auto at = read().refusals.find(device);
        if (at == read().refusals.end()) return refusals;
        for (auto row = at->second.upper_bound(above); row != at->second.end(); ++row)
            refusals.push_back({row->first, row->second});
        return refusals;
    }

    Status addRefusal(const std::string& device, const sync::Refusal& refusal) override {
        write().refusals[device][refusal.number] = refusal.reason;
        return {};
    }

    Result<std::optional<datastore::StoredDocument>> document(const std::string& id) override {
        const auto at = read().documents.find(id);
        if (at == read().documents.end()) return std::optional<datastore::StoredDocument>();
        return std::optional(datastore::StoredDocument{at->second.text, at->second.version});
    }

    Status saveDocument(const std::string& id, const std::string& text, std::uint64_t version,
                        Bucket bucket) override {
        write().documents[id] = {text, version, bucket};
        return {};
    }

    Status documentsOf(const sync::Scope& scope, const DocumentSink& sink) override {
        return hand(
            sink, [&](const Row& row) { return scope.contains(row.second.bucket); },
            [](const Row* a, const Row* b) {
                return std::pair(a->second.bucket, a->first) <
                       std::pair(b->second.bucket, b->first);
            });
    }

    Status documentsSince(std::uint64_t version, const DocumentSink& sink) override {
        return hand(
            sink, [&](const Row& row) { return row.second.version > version; },
            [](const Row* a, const Row* b) {
                return std::pair(a->second.version, a->first) <
                       std::pair(b->second.version, b->first);
            });
    }

    Status commit() override {
        if (m_work) m_live = std::move(*m_work);
        m_work.reset();
        return {};
    }

private:
    const Account& read() const { return m_work ? *m_work : m_live; }
    /// The working copy is made at the first write: most transactions of a simulation only read.
    Account& write() { return m_work ? *m_work : m_work.emplace(m_live); }

    template <typename Wanted, typename Less>
    Status hand(const DocumentSink& sink, const Wanted& wanted, const Less& less) {
        std::vector<const Row*> rows;
        for (const Row& row : read().documents)
            if (wanted(row)) rows.push_back(&row);
        std::sort(rows.begin(), rows.end(), less);
        for (const Row* row : rows) {
            const auto& [text, version, bucket] = row->second;
            if (const Status taken = sink(row->first, bucket, {text, version}); !taken)
                return taken;
        }
        return {};
    }

    Account& m_live;
    std::optional<Account> m_work;
};

}  // namespace

void MemoryRepository::addAccount(const std::string& account, const std::string& incarnation) {
    Account& fresh = m_accounts[account] = Account();
    fresh.state.account = account;
    fresh.state.incarnation = incarnation;
}

std::unique_ptr<datastore::Transaction> MemoryRepository::begin(const std::string& account) {
    const auto at = m_accounts.find(account);
    if (at == m_accounts.end()) return nullptr;
    return std::make_unique<MemoryTransaction>(at->second);
}

const MemoryRepository::Account* MemoryRepository::find(const std::string& account) const {
    const auto at = m_accounts.find(account);
    return at == m_accounts.end() ? nullptr : &at->second;
}

}  // namespace hashira::test

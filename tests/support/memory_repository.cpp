// SPDX-License-Identifier: MIT
#include "support/memory_repository.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace hashira::test {
namespace {

using Account = MemoryRepository::Account;
using datastore::Known;
using Row = std::pair<const std::string, MemoryRepository::DocumentRow>;

class MemoryTransaction final : public datastore::Transaction {
public:
    explicit MemoryTransaction(Account& live) : m_live(live) {}

    Result<datastore::AccountState> account() override { return read().state; }

    Status saveAccount(const datastore::AccountState& state, std::int64_t nowMs) override {
        Account& account = write();
        account.state = state;
        if (state.cursor.version > 0)
            account.tokens[state.cursor.version] = {state.cursor.token, nowMs};
        return {};
    }

    Result<Known> knowsCursor(const sync::Cursor& cursor) override {
        if (cursor == sync::Cursor() || cursor == read().state.cursor) return Known::kYes;
        const auto at = read().tokens.find(cursor.version);
        if (at != read().tokens.end())
            return at->second.token == cursor.token ? Known::kYes : Known::kNo;
        const auto packed = read().packedTokens.find(cursor.version);
        return packed != read().packedTokens.end() &&
                       packed->second == datastore::packedToken(cursor.token)
                   ? Known::kOld
                   : Known::kNo;
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
            refusals.push_back({row->first, row->second.reason});
        return refusals;
    }

    Status addRefusal(const std::string& device, const sync::Refusal& refusal,
                      std::int64_t nowMs) override {
        write().refusals[device][refusal.number] = {refusal.reason, nowMs};
        return {};
    }

    Result<std::optional<datastore::StoredDocument>> document(const std::string& id) override {
        const auto at = read().documents.find(id);
        if (at == read().documents.end()) return std::optional<datastore::StoredDocument>();
        return std::optional(datastore::StoredDocument{at->second.text, at->second.version});
    }

    Status saveDocument(const std::string& id, std::string text, std::uint64_t version,
                        Bucket bucket, std::int64_t deletedMs) override {
        write().documents[id] = {std::move(text), version, bucket, deletedMs};
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

    Result<std::vector<std::string>> deletedBefore(std::int64_t beforeMs, int most) override {
        std::vector<std::pair<std::int64_t, std::string>> found;
        for (const auto& [id, row] : read().documents)
            if (row.deletedMs > 0 && row.deletedMs < beforeMs)
                found.emplace_back(row.deletedMs, id);
        std::sort(found.begin(), found.end());
        std::vector<std::string> ids;
        for (auto& [ms, id] : found)
            if (ids.size() < static_cast<std::size_t>(most)) ids.push_back(std::move(id));
        return ids;
    }

    Result<int> packVersions(std::int64_t beforeMs, int count) override {
        const auto& tokens = read().tokens;
        auto end = tokens.begin();
        for (int i = 0; i < count; ++i, ++end)
            if (end == tokens.end() || end->first >= read().state.cursor.version) return 0;
        if (count == 0 || std::prev(end)->second.madeMs >= beforeMs) return 0;
        Account& account = write();
        for (int i = 0; i < count; ++i) {
            const auto oldest = account.tokens.begin();
            account.packedTokens[oldest->first] = datastore::packedToken(oldest->second.token);
            account.tokens.erase(oldest);
        }
        return count;
    }

    Result<int> forgetRefusals(std::int64_t beforeMs, int most) override {
        std::vector<std::tuple<std::int64_t, std::string, std::uint64_t>> old;
        for (const auto& [device, refusals] : read().refusals)
            for (const auto& [number, refused] : refusals)
                if (refused.madeMs < beforeMs) old.emplace_back(refused.madeMs, device, number);
        std::sort(old.begin(), old.end());
        if (old.size() > static_cast<std::size_t>(most)) old.resize(static_cast<std::size_t>(most));
        for (const auto& [ms, device, number] : old) {
            auto& forgotten = write().devices[device].forgotten;
            forgotten = std::max(forgotten, number);
            write().refusals[device].erase(number);
        }
        return static_cast<int>(old.size());
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
            const auto& document = row->second;
            const Status taken =
                sink(row->first, document.bucket, {document.text, document.version});
            if (!taken) return taken;
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

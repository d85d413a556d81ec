// SPDX-License-Identifier: MIT
#include "datastore/broadcaster.h"

#include <algorithm>
#include <set>

namespace hashira::datastore {

template <typename Wanted>
Broadcaster::Watchers Broadcaster::collect(std::vector<Entry>& entries, const Wanted& wanted) {
    Watchers watchers;
    std::erase_if(entries, [&](const Entry& entry) {
        auto watcher = entry.watcher.lock();
        if (watcher && wanted(entry)) watchers.push_back(watcher);
        return !watcher;
    });
    return watchers;
}

Status Broadcaster::add(const std::string& account, const std::string& tokenHash,
                        const std::shared_ptr<Watcher>& watcher) {
    const std::lock_guard lock(m_mutex);
    if (m_count >= m_most) forgetGone();
    if (m_count >= m_most)
        return Error{ErrorCode::kExhausted, "too many devices watch this datastore at once",
                     limits::kOverloadRetryMs};
    auto& entries = m_accounts[account];
    if (entries.size() >= limits::kWatchersOfAccount)
        collect(entries, [](const Entry&) { return false; });
    if (entries.size() >= limits::kWatchersOfAccount)
        return Error{ErrorCode::kExhausted, "too many devices watch this account at once",
                     limits::kOverloadRetryMs};
    entries.push_back({tokenHash, watcher});
    ++m_count;
    return {};
}

void Broadcaster::forgetGone() {
    m_count = 0;
    for (auto& [account, entries] : m_accounts) {
        collect(entries, [](const Entry&) { return false; });
        m_count += entries.size();
    }
    std::erase_if(m_accounts, [](const auto& account) { return account.second.empty(); });
}

Broadcaster::Watchers Broadcaster::watchersOf(const std::string& account) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_accounts.find(account);
    if (at == m_accounts.end()) return {};
    auto watchers = collect(at->second, [](const Entry&) { return true; });
    if (at->second.empty()) m_accounts.erase(at);
    return watchers;
}

bool Broadcaster::changed(const std::string& account, std::uint64_t version) {
    bool behind = false;
    for (const auto& watcher : watchersOf(account)) {
        behind = behind || watcher->told() > version;
        watcher->changed(version);
    }
    return behind;
}

void Broadcaster::setBack(const std::string& account) {
    for (const auto& watcher : watchersOf(account)) watcher->setBack();
}

std::uint64_t Broadcaster::told(const std::string& account) {
    std::uint64_t told = 0;
    for (const auto& watcher : watchersOf(account)) told = std::max(told, watcher->told());
    return told;
}

std::map<std::string, std::uint64_t> Broadcaster::told() {
    std::vector<std::string> accounts;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [account, entries] : m_accounts) accounts.push_back(account);
    }
    std::map<std::string, std::uint64_t> all;
    for (const std::string& account : accounts) all[account] = told(account);
    return all;
}

std::vector<std::string> Broadcaster::tokens() {
    const std::lock_guard lock(m_mutex);
    std::set<std::string> tokens;
    for (auto& [account, entries] : m_accounts)
        collect(entries, [&](const Entry& entry) {
            tokens.insert(entry.tokenHash);
            return false;
        });
    std::erase_if(m_accounts, [](const auto& account) { return account.second.empty(); });
    return {tokens.begin(), tokens.end()};
}

void Broadcaster::end(const std::string& tokenHash, const Error& error) {
    Watchers watchers;
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [account, entries] : m_accounts)
            for (auto& watcher :
                 collect(entries, [&](const Entry& entry) { return entry.tokenHash == tokenHash; }))
                watchers.push_back(std::move(watcher));
    }
    for (const auto& watcher : watchers) watcher->end(error);
}

void Broadcaster::endAll(const Error& error) {
    for (const auto& watcher : all()) watcher->end(error);
}

Broadcaster::Watchers Broadcaster::all() {
    const std::lock_guard lock(m_mutex);
    Watchers watchers;
    for (auto& [account, entries] : m_accounts)
        for (auto& watcher : collect(entries, [](const Entry&) { return true; }))
            watchers.push_back(std::move(watcher));
    return watchers;
}

}  // namespace hashira::datastore

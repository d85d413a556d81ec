// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/repository.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hashira::test {

/// The ledger's repository as a value: a copy is a backup, and assigning a copy back restores it.
/// Not for use by several threads.
class MemoryRepository {
public:
    struct DocumentRow {
        std::string text;
        std::uint64_t version = 0;
        Bucket bucket;
        std::int64_t deletedMs = 0;
        bool operator==(const DocumentRow&) const = default;
    };
    struct Account {
        datastore::AccountState state;
        struct Token {
            std::string token;
            std::int64_t madeMs = 0;
        };
        struct Refused {
            std::string reason;
            std::int64_t madeMs = 0;
        };
        std::map<std::uint64_t, Token> tokens;
        std::map<std::uint64_t, std::string> packedTokens;
        std::map<std::string, datastore::DeviceRow> devices;
        std::map<std::string, std::map<std::uint64_t, Refused>> refusals;
        std::map<std::string, DocumentRow> documents;
    };

    /// An empty account; replaces one of that id.
    void addAccount(const std::string& account, const std::string& incarnation);

    /// A transaction of the account, whose writes are seen by itself at once and by others after
    /// commit(). One at a time; the repository must outlive it and must not be assigned to
    /// meanwhile. Null: no such account.
    std::unique_ptr<datastore::Transaction> begin(const std::string& account);

    /// Null: no such account.
    const Account* find(const std::string& account) const;

private:
    std::map<std::string, Account> m_accounts;
};

}  // namespace hashira::test

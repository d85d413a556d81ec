// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/sync.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hashira::datastore {

/// One account's row: what a transaction of the account locks.
struct AccountState {
    std::string account;      ///< UUID
    std::string incarnation;  ///< random, made with the account
    sync::Cursor cursor;      ///< the last version and its token
    HlcTime greatest;         ///< the greatest stamp in the account's ledger
};

struct DeviceRow {
    std::uint64_t last = 0;
    Hash hash = chainStart();
};

struct StoredDocument {
    std::string text;  ///< documentText
    std::uint64_t version = 0;
};

/// What the ledger reads and writes of one account within one transaction. Every member fails with
/// kInternal or kDiskFull, and then the transaction is rolled back.
class Transaction {
public:
    virtual ~Transaction() = default;

    virtual Result<AccountState> account() = 0;
    /// Writes cursor and greatest, and remembers the cursor's token for its version.
    virtual Status saveAccount(const AccountState& state) = 0;
    /// Whether that token was written with that version. (0, "") is always known.
    virtual Result<bool> knowsCursor(const sync::Cursor& cursor) = 0;

    virtual Result<DeviceRow> device(const std::string& device) = 0;
    virtual Status saveDevice(const std::string& device, const DeviceRow& row) = 0;

    /// Those of numbers above `above`, ascending.
    virtual Result<std::vector<sync::Refusal>> refusals(const std::string& device,
                                                        std::uint64_t above) = 0;
    virtual Status addRefusal(const std::string& device, const sync::Refusal& refusal) = 0;

    /// Whether a document is dear to read by itself: then those that will be read are named before.
    virtual bool readsAhead() const { return false; }
    virtual Status readAhead(const std::vector<std::string>&) { return {}; }
    virtual Result<std::optional<StoredDocument>> document(const std::string& id) = 0;
    virtual Status saveDocument(const std::string& id, const std::string& text,
                                std::uint64_t version, Bucket bucket) = 0;

    using DocumentSink =
        std::function<Status(const std::string& id, Bucket bucket, const StoredDocument&)>;
    /// Ordered by (bucket, id).
    virtual Status documentsOf(const sync::Scope& scope, const DocumentSink& sink) = 0;
    /// Ordered by (version, id).
    virtual Status documentsSince(std::uint64_t version, const DocumentSink& sink) = 0;

    virtual Status commit() = 0;
};

}  // namespace hashira::datastore

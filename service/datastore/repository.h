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
    std::int64_t bytes = 0;   ///< of the texts of its documents
};

struct DeviceRow {
    std::uint64_t last = 0;
    Hash hash = chainStart();
    std::uint64_t forgotten = 0;  ///< the highest number whose refusal is not known any more
};

struct StoredDocument {
    std::string text;  ///< documentText
    std::uint64_t version = 0;
};

/// What is known of a cursor. Of an old one only the beginning of its token is left, which tells it
/// from another history's as well.
enum class Known { kNo, kOld, kYes };

/// What the ledger reads and writes of one account within one transaction. Every member fails with
/// kInternal or kDiskFull, and then the transaction is rolled back.
class Transaction {
public:
    virtual ~Transaction() = default;

    virtual Result<AccountState> account() = 0;
    /// Writes cursor, greatest and bytes, and remembers the cursor's token for its version.
    virtual Status saveAccount(const AccountState& state, std::int64_t nowMs) = 0;
    /// Whether that token was written with that version. (0, "") and the account's own cursor are
    /// always known.
    virtual Result<Known> knowsCursor(const sync::Cursor& cursor) = 0;

    virtual Result<DeviceRow> device(const std::string& device) = 0;
    virtual Status saveDevice(const std::string& device, const DeviceRow& row) = 0;

    /// Those of numbers above `above`, ascending.
    virtual Result<std::vector<sync::Refusal>> refusals(const std::string& device,
                                                        std::uint64_t above) = 0;
    virtual Status addRefusal(const std::string& device, const sync::Refusal& refusal,
                              std::int64_t nowMs) = 0;

    /// Whether it is dear to read one thing after the other: then what will be read is named
    /// before, and read in one go.
    virtual bool readsAhead() const { return false; }
    struct Ahead {
        std::vector<std::string> ids;  ///< of documents
        std::string device = {};       ///< its row, and its refusals; empty: of none
        std::uint64_t above = 0;       ///< of numbers above this
    };
    virtual Status readAhead(Ahead) { return {}; }
    virtual Result<std::optional<StoredDocument>> document(const std::string& id) = 0;
    /// `deletedMs`: from when on a tombstone is kept whole; 0: it is none, or has no payload left.
    virtual Status saveDocument(const std::string& id, std::string text, std::uint64_t version,
                                Bucket bucket, std::int64_t deletedMs) = 0;

    using DocumentSink =
        std::function<Status(const std::string& id, Bucket bucket, const StoredDocument&)>;
    /// Ordered by (bucket, id).
    virtual Status documentsOf(const sync::Scope& scope, const DocumentSink& sink) = 0;
    /// Ordered by (version, id).
    virtual Status documentsSince(std::uint64_t version, const DocumentSink& sink) = 0;

    // --- what is kept for a set time; each takes a bounded step and says how far it came ---
    /// Ids of documents whose `deletedMs` is set and before the moment, the oldest first.
    virtual Result<std::vector<std::string>> deletedBefore(std::int64_t beforeMs, int most) = 0;
    /// Packs the oldest `count` versions where the last of them was made before the moment, and is
    /// not the account's own. Returns how many it packed.
    virtual Result<int> packVersions(std::int64_t beforeMs, int count) = 0;
    /// Forgets refusals stored before the moment, the oldest first, at most `most`; the devices'
    /// `forgotten` says so. Returns how many.
    virtual Result<int> forgetRefusals(std::int64_t beforeMs, int most) = 0;

    virtual Status commit() = 0;
};

/// How much of a token is left when its version is packed: of other histories' tokens, which are
/// random, one in a billion begins alike.
inline constexpr std::size_t kPackedToken = 5;
/// That beginning; a shorter token is filled up.
inline std::string packedToken(std::string token) {
    token.resize(kPackedToken, ' ');
    return token;
}

}  // namespace hashira::datastore

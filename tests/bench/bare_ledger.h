// SPDX-License-Identifier: MIT
#pragma once

#include "bench/load_wire.h"
#include "datastore/database_url.h"

#include <memory>
#include <string>
#include <vector>

namespace hashira::bench {

/// The rows of one Apply, as the ledger writes them.
struct BareBatch {
    struct Document {
        std::string id;
        std::string body;
    };
    std::string device;
    std::string hash;  ///< in hexadecimal
    std::uint64_t number = 0;
    std::int64_t greatestMs = 0;
    std::vector<Document> documents;
};

/// What one device sends, as rows.
std::vector<BareBatch> bareBatches(const Person& person, int batches, int commands);

/// The floor of an Apply: the statements of its transaction on a bare connection to the same
/// database, by the C interfaces of SQLite and libpq. For one thread.
class BareLedger {
public:
    /// `account`: as addPeople() counted them.
    static std::unique_ptr<BareLedger> open(const datastore::DatabaseUrl& database,
                                            std::uint32_t account);
    virtual ~BareLedger() = default;
    /// One transaction. Throws Failure.
    virtual void apply(const BareBatch& batch) = 0;
};

}  // namespace hashira::bench

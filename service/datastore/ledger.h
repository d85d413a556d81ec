// SPDX-License-Identifier: MIT
#pragma once

#include "base/limits.h"
#include "datastore/repository.h"
#include "model/command.h"
#include "model/sync.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The datastore's rules: check, deduplicate, merge, number. Pure but for the Transaction it is
/// given: time and tokens arrive as data. Each function neither begins nor commits: its caller
/// does, and commits only where the function succeeded. An Error means: roll back and answer it.
namespace hashira::datastore::ledger {

/// What a call is given besides its request.
struct Context {
    std::int64_t nowMs = 0;  ///< the datastore's clock
    std::string freshToken;  ///< the token of the transaction's version, if it makes one
    std::string version;     ///< the program's
    /// What the account's documents may take; one that is over it takes nothing that adds to them.
    std::int64_t mostBytes = limits::kFetchBytes;
};

Result<sync::Hello> hello(Transaction& transaction, const sync::WatchRequest& request,
                          const Context& context);

/// A batch with its payloads read and its chain computed. That is much of the work of an Apply and
/// needs no transaction, so it is done before anybody else has to wait for it.
struct ReadApply {
    sync::ApplyRequest request;
    /// Of each command; none where the batch is malformed.
    std::vector<Result<Effect>> effects;
    /// The chain's hash after each, if the batch begins where it says: one behind the other.
    std::string hashes;
    std::string_view hashAfter(std::size_t command) const {
        const std::size_t size = request.previousHash.size();
        return std::string_view(hashes).substr(command * size, size);
    }
};
ReadApply read(sync::ApplyRequest request);

/// A batch in one transaction, one version. Takes its texts: it cannot be applied again.
Result<sync::ApplyResponse> applyRead(Transaction& transaction, ReadApply& batch,
                                      const Context& context);
/// Both at once.
Result<sync::ApplyResponse> apply(Transaction& transaction, const sync::ApplyRequest& request,
                                  const Context& context);

Result<sync::PushResponse> push(Transaction& transaction, const sync::PushRequest& request,
                                const Context& context);

/// What is older than these moments loses what nobody needs any more.
struct Retention {
    std::int64_t tombstonesMs = 0;  ///< when a task was deleted
    std::int64_t versionsMs = 0;    ///< when a version was made, or a command refused
    int documents = 0;              ///< at most so many in one step, and so many refusals
    int versions = 0;               ///< and so many versions, or none
};
struct Swept {
    int tombstones = 0;
    int versions = 0;
    int refusals = 0;
    bool more = false;  ///< there may be more to be done
    sync::Cursor cursor;
};
/// One bounded step. Tombstones lose their payload, in a version of their own so that the devices'
/// lose it too; of old versions the beginning of the token is kept; old refusals are forgotten.
Result<Swept> sweep(Transaction& transaction, const Retention& retention, const Context& context);

/// Hands out the chunks in order; a chunk that the sink refuses ends it with the sink's error.
struct FetchEnd {
    bool helloNeeded = false;
    sync::FetchState state;
};
using ChunkSink = std::function<Status(sync::Chunk)>;
Result<FetchEnd> fetch(Transaction& transaction, const sync::FetchRequest& request,
                       const Context& context, const ChunkSink& sink);

}  // namespace hashira::datastore::ledger

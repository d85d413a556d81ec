// SPDX-License-Identifier: MIT
#pragma once

#include "base/limits.h"
#include "model/chain.h"
#include "model/document.h"
#include "model/sync.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hashira::engine {

/// What the answer of one Fetch must be: each chunk is checked as it comes, and the state that ends
/// it, against what was asked. One piece that is not as it must be refuses the whole Fetch: nothing
/// of it is taken, the cursor stays, and it is tried again after the backoff. A datastore can still
/// lie within these bounds about what it keeps: see "A datastore that lies" in ARCHITECTURE.md.
class FetchCheck {
public:
    FetchCheck() = default;
    /// `mostBytes` is limits::kFetchBytes, or less where all of it is held in memory.
    FetchCheck(sync::FetchRequest request, std::uint64_t mostBytes,
               std::uint64_t mostDocuments = limits::kFetchDocuments);

    /// The chunk's documents, none where only digests were asked for.
    Result<std::vector<VersionedDocument>> take(const sync::Chunk& chunk);
    /// The state after all chunks.
    Status end(const sync::FetchState& state) const;
    /// Documents so far.
    std::uint64_t count() const { return m_count; }

private:
    Status takeBucket(const sync::Chunk& chunk);
    Status takeDocument(const VersionedDocument& document);
    Status closeBucket(const sync::Chunk& chunk);
    bool ofBuckets() const { return !m_request.since && m_request.ids.empty(); }

    sync::FetchRequest m_request;
    std::uint64_t m_mostBytes = 0;
    std::uint64_t m_mostDocuments = 0;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_count = 0;
    std::uint64_t m_greatest = 0;    ///< version
    std::optional<Bucket> m_bucket;  ///< the one that the last chunk was of
    bool m_closed = true;            ///< its last piece has come
    std::unique_ptr<BucketDigest> m_digest;
    std::string m_lastId;             ///< of the bucket, or of the version
    std::uint64_t m_lastVersion = 0;  ///< of a Fetch since a version
    std::set<std::string> m_idsLeft;
};

/// Whether the fields of a document, its version and its size are within what the ledger takes.
Status checkDocument(const VersionedDocument& document);
/// Whether a cursor is one that can be kept.
Status checkCursor(const sync::Cursor& cursor);
/// Whether a datastore's clock can be believed.
bool isPlausibleTime(std::int64_t ms);
/// Words of a datastore as they may be kept and shown: at most so many bytes of UTF-8.
std::string words(const std::string& text, std::size_t bytes);

}  // namespace hashira::engine

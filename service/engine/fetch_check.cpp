// SPDX-License-Identifier: MIT
#include "engine/fetch_check.h"

#include "base/limits.h"
#include "model/command.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hashira::engine {
namespace {

constexpr std::size_t kHashBytes = 32;

/// Every refusal begins alike: a person sees at once whose fault it is.
Error lie(const std::string& what) {
    return {ErrorCode::kInternal, "the datastore sent what cannot be taken: " + what};
}

}  // namespace

Status checkDocument(const VersionedDocument& versioned) {
    if (versioned.version == 0 || versioned.version > limits::kVersionMost)
        return lie("a document whose version is none");
    const Status good = checkFields(versioned.document);
    return good ? Status() : Status(lie("a document whose " + good.error().message));
}

Status checkCursor(const sync::Cursor& cursor) {
    if (cursor.version > limits::kVersionMost || cursor.token.size() > limits::kCursorTokenBytes)
        return lie("a cursor that is none");
    return {};
}

bool isPlausibleTime(std::int64_t ms) {
    return ms >= limits::kDatastoreLeastMs && ms <= limits::kDatastoreMostMs;
}

std::string words(const std::string& text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes) + "…";
}

FetchCheck::FetchCheck(sync::FetchRequest request, std::uint64_t mostBytes,
                       std::uint64_t mostDocuments)
    : m_request(std::move(request)),
      m_mostBytes(mostBytes),
      m_mostDocuments(mostDocuments),
      m_idsLeft(m_request.ids.begin(), m_request.ids.end()) {}

Result<std::vector<VersionedDocument>> FetchCheck::take(const sync::Chunk& chunk) {
    m_bytes += chunk.documentsJson.size() + chunk.week.size();
    if (chunk.documentsJson.size() > limits::kChunkMostBytes)
        return lie("a chunk that is too large");
    if (m_bytes > m_mostBytes) return lie("more than any store holds");
    if (ofBuckets())
        if (const Status good = takeBucket(chunk); !good) return good.error();
    auto documents = sync::parseDocuments(chunk.documentsJson);
    if (!documents) return lie("what is no document: " + documents.error().message);
    // Else a stream of nothing could go on for ever.
    if (documents->empty() && !chunk.last) return lie("a chunk of nothing");
    if (documents->size() > limits::kChunkDocuments) return lie("too many documents in a chunk");
    if (m_request.digestsOnly && !documents->empty())
        return lie("documents that were not asked for");
    for (const VersionedDocument& document : *documents)
        if (const Status good = takeDocument(document); !good) return good.error();
    m_count += documents->size();
    if (m_count > m_mostDocuments) return lie("more tasks than any store holds");
    if (ofBuckets() && chunk.last)
        if (const Status good = closeBucket(chunk); !good) return good.error();
    return documents;
}

Status FetchCheck::takeBucket(const sync::Chunk& chunk) {
    const auto bucket = Bucket::parse(chunk.week);
    if (!bucket) return lie("a chunk of no week");
    if (!m_request.scope.contains(*bucket)) return lie("a week that was not asked for");
    if (m_bucket == bucket && !m_closed) return {};
    if (!m_closed) return lie("a week that does not end");
    if (m_bucket && !(*m_bucket < *bucket)) return lie("a week twice, or weeks out of order");
    m_bucket = bucket;
    m_closed = false;
    m_digest = std::make_unique<BucketDigest>();
    m_lastId.clear();
    return {};
}

Status FetchCheck::takeDocument(const VersionedDocument& versioned) {
    if (const Status good = checkDocument(versioned); !good) return good;
    const std::string& id = versioned.document.id;
    const std::uint64_t version = versioned.version;
    m_greatest = std::max(m_greatest, version);
    if (!m_request.ids.empty())
        return m_idsLeft.erase(id) == 1 ? Status() : lie("a task that was not asked for, or twice");
    if (m_request.since) {
        if (version <= m_request.since->version) return lie("a task that did not change");
        if (std::tie(version, id) <= std::tie(m_lastVersion, m_lastId))
            return lie("a task twice, or versions out of order");
        m_lastVersion = version;
    } else {
        if (versioned.document.bucket() != *m_bucket)
            return lie("a task in a week that is not its own");
        if (id <= m_lastId) return lie("a task twice, or tasks out of order");
        m_digest->add(id, version);
    }
    m_lastId = id;
    return {};
}

Status FetchCheck::closeBucket(const sync::Chunk& chunk) {
    m_closed = true;
    if (m_request.digestsOnly)
        return chunk.digest.size() == kHashBytes ? Status() : lie("a digest of the wrong length");
    if (chunk.count != m_digest->count())
        return lie("a week with another count of tasks than told");
    if (chunk.digest != m_digest->digest()) return lie("a week that is not of its digest");
    return {};
}

Status FetchCheck::end(const sync::FetchState& state) const {
    if (!m_closed) return lie("a week that does not end");
    const bool hasOpen = m_bucket && m_bucket->open();
    if (ofBuckets() && m_request.scope.open && !hasOpen) return lie("no answer of the open tasks");
    if (const Status good = checkCursor(state.cursor); !good) return good;
    if (state.incarnation.size() > limits::kCursorTokenBytes)
        return lie("an incarnation that is none");
    if (m_greatest > state.cursor.version) return lie("a task of a version that is yet to come");
    const bool asked = std::equal(state.devices.begin(), state.devices.end(),
                                  m_request.devices.begin(), m_request.devices.end(),
                                  [](const sync::DeviceState& told, const std::string& id) {
                                      return told.device == id && told.last <= limits::kVersionMost;
                                  });
    return asked ? Status() : lie("a state that is not of our device ids");
}

}  // namespace hashira::engine

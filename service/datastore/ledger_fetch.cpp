// SPDX-License-Identifier: MIT
#include "base/limits.h"
#include "datastore/ledger.h"
#include "model/uuid.h"

#include <optional>
#include <set>
#include <string>

namespace hashira::datastore::ledger {
namespace {

/// A Fetch follows one Push; there is no reason for more than a few.
constexpr std::size_t kRequiredCursors = 100;

Status checkFetch(const sync::FetchRequest& request) {
    const bool weeks = request.scope.from || request.scope.to || request.scope.open;
    if (!request.ids.empty() && (weeks || request.since))
        return invalid("ids: cannot stand together with weeks, open or since");
    if (request.ids.size() > limits::kFetchIds)
        return invalid("ids: at most " + std::to_string(limits::kFetchIds) + " are allowed");
    if (request.required.size() > kRequiredCursors)
        return invalid("required: at most " + std::to_string(kRequiredCursors) + " are allowed");
    for (const std::string& id : request.ids)
        if (!isUuid(id)) return invalid("ids: must be UUIDs");
    if (request.devices.size() > limits::kWatchDevices)
        return invalid("device_ids: at most " + std::to_string(limits::kWatchDevices) +
                       " are allowed");
    for (const std::string& device : request.devices)
        if (!isDeviceId(device)) return invalid("device_ids: must be device ids");
    if (request.digestsOnly && (request.since || !request.ids.empty()))
        return invalid("digests_only: is for weeks and open");
    const sync::Scope& scope = request.scope;
    if (scope.to && !scope.from) return invalid("to_week: needs from_week");
    if (scope.to && *scope.to < *scope.from) return invalid("to_week: lies before from_week");
    // Each named week is answered, so their number is bounded.
    if (scope.to && scope.to->index - scope.from->index > limits::kWeekOffset)
        return invalid("to_week: more than " + std::to_string(limits::kWeekOffset) + " weeks");
    return {};
}

/// Whether all cursors that the request names are of this history.
Result<bool> knowsAll(Transaction& transaction, const sync::FetchRequest& request) {
    std::vector<sync::Cursor> cursors = request.required;
    if (request.since) cursors.push_back(*request.since);
    for (const sync::Cursor& cursor : cursors) {
        const auto known = transaction.knowsCursor(cursor);
        if (!known) return known.error();
        if (*known == Known::kNo) return false;
    }
    return true;
}

/// Joins documents to chunks of about limits::kChunkBytes.
class Pieces {
public:
    explicit Pieces(const ChunkSink& sink) : m_sink(sink) {}

    Status add(const StoredDocument& document) {
        if (!m_json.empty() && m_json.size() + document.text.size() > limits::kChunkBytes)
            if (const Status sent = flush({}); !sent) return sent;
        m_json += m_json.empty() ? '[' : ',';
        appendVersioned(m_json, document.text, document.version);
        return {};
    }

    /// Hands out what there is as a piece with what `chunk` says; nothing where both are empty.
    Status flush(sync::Chunk chunk) {
        if (m_json.empty() && !chunk.last) return {};
        if (m_json.empty()) m_json += '[';
        chunk.documentsJson = std::move(m_json) + ']';
        m_json.clear();
        if (chunk.week.empty()) chunk.week = m_week;
        return m_sink(std::move(chunk));
    }

    void setWeek(std::string week) { m_week = std::move(week); }

private:
    const ChunkSink& m_sink;
    std::string m_week;
    std::string m_json;
};

/// Hands out buckets in order, each closed by a piece that carries its digest.
class Buckets {
public:
    Buckets(const sync::FetchRequest& request, const ChunkSink& sink)
        : m_request(request), m_pieces(sink) {
        if (request.scope.to) m_nextNamed = request.scope.from;
    }

    Status add(const std::string& id, Bucket bucket, const StoredDocument& document) {
        if (m_bucket != bucket) {
            if (const Status closed = close(); !closed) return closed;
            if (const Status empty = emptyWeeksBefore(bucket); !empty) return empty;
            open(bucket);
        }
        m_digest->add(id, document.version);
        return m_request.digestsOnly ? Status() : m_pieces.add(document);
    }

    Status end() {
        if (const Status closed = close(); !closed) return closed;
        if (const Status empty = emptyWeeksBefore(Bucket{}); !empty) return empty;
        if (!m_request.scope.open || m_openDone) return {};
        open(Bucket{});
        return close();
    }

private:
    void open(Bucket bucket) {
        m_bucket = bucket;
        m_digest.emplace();
        m_pieces.setWeek(bucket.text());
        if (bucket.open()) m_openDone = true;
    }

    Status close() {
        if (!m_bucket) return {};
        if (m_nextNamed && !m_bucket->open()) m_nextNamed = Week{m_bucket->number + 1};
        m_bucket.reset();
        return m_pieces.flush({{}, {}, true, m_digest->digest(), m_digest->count()});
    }

    /// A week that was named is answered even where it holds nothing: its reader must know that it
    /// is empty.
    Status emptyWeeksBefore(Bucket bucket) {
        while (m_nextNamed && *m_nextNamed <= *m_request.scope.to &&
               m_nextNamed->index < bucket.number) {
            open(Bucket{m_nextNamed->index});
            if (const Status closed = close(); !closed) return closed;
        }
        return {};
    }

    const sync::FetchRequest& m_request;
    Pieces m_pieces;
    std::optional<Bucket> m_bucket;
    std::optional<BucketDigest> m_digest;
    std::optional<Week> m_nextNamed;  ///< of a bounded range: the first week not yet answered
    bool m_openDone = false;
};

Status fetchBuckets(Transaction& transaction, const sync::FetchRequest& request,
                    const ChunkSink& sink) {
    Buckets buckets(request, sink);
    const Status read = transaction.documentsOf(
        request.scope, [&](const std::string& id, Bucket bucket, const StoredDocument& document) {
            return buckets.add(id, bucket, document);
        });
    return read ? buckets.end() : read;
}

Status fetchSince(Transaction& transaction, std::uint64_t version, const ChunkSink& sink) {
    Pieces pieces(sink);
    const Status read = transaction.documentsSince(
        version, [&](const std::string&, Bucket, const StoredDocument& document) {
            return pieces.add(document);
        });
    return read ? pieces.flush({}) : read;
}

Status fetchIds(Transaction& transaction, const std::vector<std::string>& ids,
                const ChunkSink& sink) {
    Pieces pieces(sink);
    if (transaction.readsAhead())
        if (const Status read = transaction.readAhead({ids}); !read) return read;
    for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
        const auto document = transaction.document(id);
        if (!document) return document.error();
        if (!*document) continue;
        if (const Status added = pieces.add(**document); !added) return added;
    }
    return pieces.flush({});
}

}  // namespace

Result<FetchEnd> fetch(Transaction& transaction, const sync::FetchRequest& request,
                       const Context& context, const ChunkSink& sink) {
    const auto account = transaction.account();
    if (!account) return account.error();
    FetchEnd end;
    if (request.incarnation != account->incarnation) {
        end.helloNeeded = true;
        return end;
    }
    if (const Status good = checkFetch(request); !good) return good.error();
    const auto known = knowsAll(transaction, request);
    if (!known) return known.error();
    if (!*known) {
        end.helloNeeded = true;
        return end;
    }
    const Status read = request.since ? fetchSince(transaction, request.since->version, sink)
                        : request.ids.empty() ? fetchBuckets(transaction, request, sink)
                                              : fetchIds(transaction, request.ids, sink);
    if (!read) return read.error();
    end.state = {account->incarnation, account->cursor, {}, context.nowMs};
    for (const std::string& device : request.devices) {
        const auto row = transaction.device(device);
        if (!row) return row.error();
        end.state.devices.push_back({device, row->last, {}, {}});
    }
    return end;
}

}  // namespace hashira::datastore::ledger

// SPDX-License-Identifier: MIT
//
// Input: messages of the datastore, as a daemon reads them: a byte that says which, then its bytes
// as a part.
#include "fuzz/fuzz.h"
#include "fuzz/messages.h"
#include "model/chain.h"
#include "model/sync.h"
#include "model/week.h"
#include "wire/sync_convert.h"

#include <algorithm>

namespace hashira::fuzz {
namespace {

/// The week's digest, as the daemon takes it of what it got.
Hash digestOf(std::vector<VersionedDocument> documents) {
    std::sort(documents.begin(), documents.end(),
              [](const auto& a, const auto& b) { return a.document.id < b.document.id; });
    BucketDigest digest;
    for (const VersionedDocument& one : documents) digest.add(one.document.id, one.version);
    return digest.digest();
}

void checkChunk(v1::Chunk&& message) {
    message.DiscardUnknownFields();  // those of a newer datastore, which are not converted
    const v1::Chunk kept = message;
    const sync::Chunk chunk = wire::fromProto(std::move(message));
    v1::Chunk back;
    wire::toProto(chunk, back);
    require(back.SerializeAsString() == kept.SerializeAsString(), "a chunk is converted whole");
    const auto bucket = Bucket::parse(chunk.week);
    if (bucket) require(bucket->text() == chunk.week, "a week is told as it was read");
    const auto documents = sync::parseDocuments(chunk.documentsJson);
    if (!documents) return;
    require(digestOf(*documents).size() == chainStart().size(), "a digest is 32 bytes");
    // Written again, they carry the same digest.
    std::string text = "[";
    for (const VersionedDocument& one : *documents) {
        if (text.size() > 1) text += ',';
        appendVersioned(text, documentText(one.document), one.version);
    }
    const auto again = sync::parseDocuments(text + "]");
    require(again && digestOf(*again) == digestOf(*documents), "a chunk keeps its digest");
}

void checkFetch(std::string_view bytes) {
    v1::FetchResponse response;
    if (!read(bytes, response)) return;
    if (response.has_chunk()) checkChunk(std::move(*response.mutable_chunk()));
    if (!response.has_state()) return;
    const sync::FetchState state = wire::fromProto(response.state());
    v1::FetchState back;
    wire::toProto(state, back);
    require(wire::fromProto(back).cursor == state.cursor, "a cursor is converted whole");
}

void checkHello(std::string_view bytes) {
    v1::WatchResponse response;
    if (!read(bytes, response) || !response.has_hello()) return;
    const sync::Hello hello = wire::fromProto(response.hello());
    const sync::Hello again = wire::fromProto(wire::toProto(hello).hello());
    require(again.cursor == hello.cursor && again.devices.size() == hello.devices.size(),
            "a hello is converted whole");
}

void checkApplied(std::string_view bytes) {
    v1::ApplyResponse response;
    if (!read(bytes, response)) return;
    const sync::ApplyResponse applied = wire::fromProto(response);
    v1::ApplyResponse again;
    wire::toProto(applied, again);
    require(wire::fromProto(again).clockAheadMs == applied.clockAheadMs,
            "an answer of Apply is converted whole");
}

}  // namespace
}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hashira::fuzz;
    Parts parts({reinterpret_cast<const char*>(data), size});
    while (!parts.done()) {
        const int kind = parts.byte() % 4;
        const std::string_view bytes = parts.part();
        if (kind == 0)
            checkHello(bytes);
        else if (kind == 1)
            checkApplied(bytes);
        else
            checkFetch(bytes);
    }
    return 0;
}

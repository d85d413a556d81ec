// SPDX-License-Identifier: MIT
#pragma once

#include "hashira/v1/datastore.pb.h"
#include "model/sync.h"

/// sync.h <-> datastore.proto. What is read is checked only for its form (weeks, stamps): the
/// ledger and the engine check the rest. Errors are kInvalid and name the field. All functions are
/// pure.
namespace hashira::wire {

v1::WatchRequest toProto(const sync::WatchRequest& request);
sync::WatchRequest fromProto(const v1::WatchRequest& request);

v1::WatchResponse toProto(const sync::Hello& hello);
sync::Hello fromProto(const v1::Hello& hello);

v1::ApplyRequest toProto(sync::ApplyRequest request);
/// A `what` that is not known here is kept as its number: the ledger refuses that command alone, so
/// that a newer daemon's queue is not blocked by it.
Result<sync::ApplyRequest> fromProto(v1::ApplyRequest&& request);

void toProto(sync::ApplyResponse response, v1::ApplyResponse& out);
sync::ApplyResponse fromProto(const v1::ApplyResponse& response);

v1::FetchRequest toProto(const sync::FetchRequest& request);
Result<sync::FetchRequest> fromProto(const v1::FetchRequest& request);

/// Take the text over instead of copying it.
void toProto(sync::Chunk chunk, v1::Chunk& out);
sync::Chunk fromProto(v1::Chunk&& chunk);

void toProto(const sync::FetchState& state, v1::FetchState& out);
sync::FetchState fromProto(const v1::FetchState& state);

v1::PushRequest toProto(sync::PushRequest request);
sync::PushRequest fromProto(const v1::PushRequest& request);

void toProto(const sync::PushResponse& response, v1::PushResponse& out);
sync::PushResponse fromProto(const v1::PushResponse& response);

}  // namespace hashira::wire

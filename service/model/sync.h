// SPDX-License-Identifier: MIT
#pragma once

#include "model/chain.h"
#include "model/command.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What daemon and datastore say to each other, as values: proto/hashira/v1/datastore.proto without
/// gRPC. The meaning of each member is told there.
namespace hashira::sync {

struct Cursor {
    std::uint64_t version = 0;
    std::string token;
    bool operator==(const Cursor&) const = default;
};

struct DeviceQuery {
    std::string device;
    std::uint64_t settledThrough = 0;
};

struct WatchRequest {
    std::vector<DeviceQuery> devices;
    std::optional<Cursor> cursor;
    std::string version;
};

struct Refusal {
    std::uint64_t number = 0;
    std::string reason;
};

struct DeviceState {
    std::string device;
    std::uint64_t last = 0;
    Hash hash;
    std::vector<Refusal> refusals;
};

struct Hello {
    std::string account;
    std::string incarnation;
    Cursor cursor;
    bool cursorKnown = true;
    bool cursorOld = false;
    std::vector<DeviceState> devices;
    std::int64_t timeMs = 0;
    std::string version;
};

struct NumberedCommand {
    std::uint64_t number = 0;
    Command command;  ///< taskId is not sent: the payload holds it
    bool acceptedBefore = false;
    bool withdrawn = false;
};

struct ApplyRequest {
    std::string incarnation;
    std::string device;
    Hash previousHash;
    std::vector<NumberedCommand> commands;
};

struct ApplyResult {
    std::uint64_t number = 0;
    std::string commandId;
    std::string refusal;  ///< empty: applied
};

struct ApplyResponse {
    std::vector<ApplyResult> results;
    std::optional<std::int64_t> clockAheadMs;
    bool helloNeeded = false;
    std::uint64_t expectedNumber = 0;
    std::uint64_t knownThrough = 0;  ///< commands up to here were applied before, by another call
    Cursor cursor;
    std::int64_t timeMs = 0;
};

/// Which buckets a Fetch is of.
struct Scope {
    std::optional<Week> from;  ///< nothing: no weeks
    std::optional<Week> to;    ///< inclusive; nothing: all later ones too
    bool open = false;

    bool contains(Bucket bucket) const {
        if (bucket.open()) return open;
        return from && bucket.week() >= *from && (!to || bucket.week() <= *to);
    }
    bool operator==(const Scope&) const = default;
};

struct FetchRequest {
    std::string incarnation;
    std::optional<Cursor> since;
    Scope scope;
    std::vector<std::string> ids;
    std::vector<Cursor> required;
    std::vector<std::string> devices;
    bool digestsOnly = false;
};

struct Chunk {
    std::string week;  ///< a bucket's text, or empty
    std::string documentsJson;
    bool last = false;
    Hash digest;
    std::uint64_t count = 0;
};

struct FetchState {
    std::string incarnation;
    Cursor cursor;
    std::vector<DeviceState> devices;
    std::int64_t timeMs = 0;
};

struct PushRequest {
    std::string incarnation;
    std::string documentsJson;
};

struct PushResponse {
    Cursor cursor;
    bool helloNeeded = false;
    std::int64_t timeMs = 0;
};

/// Reads the array of a Chunk or a Push. One bad document refuses the whole.
Result<std::vector<VersionedDocument>> parseDocuments(std::string_view json);

}  // namespace hashira::sync

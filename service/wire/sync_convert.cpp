// SPDX-License-Identifier: MIT
#include "wire/sync_convert.h"

#include <utility>

namespace hashira::wire {
namespace {

void write(const sync::Cursor& cursor, v1::Cursor& out) {
    out.set_version(cursor.version);
    out.set_token(cursor.token);
}

sync::Cursor read(const v1::Cursor& cursor) {
    return {cursor.version(), cursor.token()};
}

void write(const sync::DeviceState& state, v1::DeviceState& out) {
    out.set_device_id(state.device);
    out.set_last_number(state.last);
    out.set_hash(state.hash);
    for (const sync::Refusal& refusal : state.refusals) {
        v1::Refusal* to = out.add_refusals();
        to->set_number(refusal.number);
        to->set_reason(refusal.reason);
    }
}

sync::DeviceState read(const v1::DeviceState& state) {
    sync::DeviceState out{state.device_id(), state.last_number(), state.hash(), {}};
    for (const v1::Refusal& refusal : state.refusals())
        out.refusals.push_back({refusal.number(), refusal.reason()});
    return out;
}

void write(sync::NumberedCommand&& numbered, v1::NumberedCommand& out) {
    Command& command = numbered.command;
    out.set_number(numbered.number);
    out.set_command_id(std::move(command.commandId));
    out.set_what(static_cast<v1::CommandWhat>(command.what));
    out.set_payload(std::move(command.payload));
    out.set_stamp(command.stamp.text());
    out.set_accepted_before(numbered.acceptedBefore);
    out.set_withdrawn(numbered.withdrawn);
}

Result<sync::NumberedCommand> read(v1::NumberedCommand&& numbered) {
    auto stamp = Stamp::parse(numbered.stamp());
    if (!stamp)
        return invalid("commands: number " + std::to_string(numbered.number()) +
                       ": stamp: is no stamp");
    sync::NumberedCommand out;
    out.number = numbered.number();
    out.command = {std::move(*numbered.mutable_command_id()),
                   static_cast<What>(numbered.what()),
                   {},
                   std::move(*numbered.mutable_payload()),
                   std::move(*stamp)};
    out.acceptedBefore = numbered.accepted_before();
    out.withdrawn = numbered.withdrawn();
    return out;
}

Status readWeek(const char* field, const std::string& text, std::optional<Week>& out) {
    if (text.empty()) return {};
    out = Week::parse(text);
    if (out) return {};
    return invalid(std::string(field) + ": is no ISO week like 2026-W48");
}

}  // namespace

v1::WatchRequest toProto(const sync::WatchRequest& request) {
    v1::WatchRequest out;
    for (const sync::DeviceQuery& query : request.devices) {
        v1::DeviceQuery* to = out.add_devices();
        to->set_device_id(query.device);
        to->set_settled_through(query.settledThrough);
    }
    if (request.cursor) write(*request.cursor, *out.mutable_cursor());
    out.set_version(request.version);
    return out;
}

sync::WatchRequest fromProto(const v1::WatchRequest& request) {
    sync::WatchRequest out;
    for (const v1::DeviceQuery& query : request.devices())
        out.devices.push_back({query.device_id(), query.settled_through()});
    if (request.has_cursor()) out.cursor = read(request.cursor());
    out.version = request.version();
    return out;
}

v1::WatchResponse toProto(const sync::Hello& hello) {
    v1::WatchResponse response;
    v1::Hello& out = *response.mutable_hello();
    out.set_account(hello.account);
    out.set_incarnation(hello.incarnation);
    write(hello.cursor, *out.mutable_cursor());
    out.set_cursor_known(hello.cursorKnown);
    out.set_cursor_old(hello.cursorOld);
    for (const sync::DeviceState& state : hello.devices) write(state, *out.add_devices());
    out.set_time_ms(hello.timeMs);
    out.set_version(hello.version);
    return response;
}

sync::Hello fromProto(const v1::Hello& hello) {
    sync::Hello out;
    out.account = hello.account();
    out.incarnation = hello.incarnation();
    out.cursor = read(hello.cursor());
    out.cursorKnown = hello.cursor_known();
    out.cursorOld = hello.cursor_old();
    for (const v1::DeviceState& state : hello.devices()) out.devices.push_back(read(state));
    out.timeMs = hello.time_ms();
    out.version = hello.version();
    return out;
}

v1::ApplyRequest toProto(sync::ApplyRequest request) {
    v1::ApplyRequest out;
    out.set_incarnation(request.incarnation);
    out.set_device_id(request.device);
    out.set_previous_hash(request.previousHash);
    out.mutable_commands()->Reserve(static_cast<int>(request.commands.size()));
    for (sync::NumberedCommand& numbered : request.commands)
        write(std::move(numbered), *out.add_commands());
    return out;
}

Result<sync::ApplyRequest> fromProto(v1::ApplyRequest&& request) {
    sync::ApplyRequest out;
    out.incarnation = request.incarnation();
    out.device = request.device_id();
    out.previousHash = request.previous_hash();
    out.commands.reserve(static_cast<std::size_t>(request.commands_size()));
    for (v1::NumberedCommand& numbered : *request.mutable_commands()) {
        auto command = read(std::move(numbered));
        if (!command) return command.error();
        out.commands.push_back(std::move(*command));
    }
    return out;
}

void toProto(sync::ApplyResponse response, v1::ApplyResponse& out) {
    out.mutable_results()->Reserve(static_cast<int>(response.results.size()));
    for (sync::ApplyResult& result : response.results) {
        v1::ApplyResult* to = out.add_results();
        to->set_number(result.number);
        to->set_command_id(std::move(result.commandId));
        if (!result.refusal.empty()) to->set_refusal(std::move(result.refusal));
    }
    if (response.clockAheadMs) out.mutable_clock_ahead()->set_time_ms(*response.clockAheadMs);
    out.set_hello_needed(response.helloNeeded);
    out.set_expected_number(response.expectedNumber);
    out.set_known_through(response.knownThrough);
    write(response.cursor, *out.mutable_cursor());
    out.set_time_ms(response.timeMs);
}

sync::ApplyResponse fromProto(const v1::ApplyResponse& response) {
    sync::ApplyResponse out;
    for (const v1::ApplyResult& result : response.results())
        out.results.push_back({result.number(), result.command_id(), result.refusal()});
    if (response.has_clock_ahead()) out.clockAheadMs = response.clock_ahead().time_ms();
    out.helloNeeded = response.hello_needed();
    out.expectedNumber = response.expected_number();
    out.knownThrough = response.known_through();
    out.cursor = read(response.cursor());
    out.timeMs = response.time_ms();
    return out;
}

v1::FetchRequest toProto(const sync::FetchRequest& request) {
    v1::FetchRequest out;
    out.set_incarnation(request.incarnation);
    if (request.since) write(*request.since, *out.mutable_since());
    if (request.scope.from) out.set_from_week(request.scope.from->text());
    if (request.scope.to) out.set_to_week(request.scope.to->text());
    out.set_open(request.scope.open);
    for (const std::string& id : request.ids) out.add_ids(id);
    for (const sync::Cursor& cursor : request.required) write(cursor, *out.add_required());
    for (const std::string& device : request.devices) out.add_device_ids(device);
    out.set_digests_only(request.digestsOnly);
    return out;
}

Result<sync::FetchRequest> fromProto(const v1::FetchRequest& request) {
    sync::FetchRequest out;
    out.incarnation = request.incarnation();
    if (request.has_since()) out.since = read(request.since());
    if (const Status from = readWeek("from_week", request.from_week(), out.scope.from); !from)
        return from.error();
    if (const Status to = readWeek("to_week", request.to_week(), out.scope.to); !to)
        return to.error();
    out.scope.open = request.open();
    out.ids.assign(request.ids().begin(), request.ids().end());
    for (const v1::Cursor& cursor : request.required()) out.required.push_back(read(cursor));
    out.devices.assign(request.device_ids().begin(), request.device_ids().end());
    out.digestsOnly = request.digests_only();
    return out;
}

void toProto(sync::Chunk chunk, v1::Chunk& out) {
    out.set_week(std::move(chunk.week));
    out.set_documents_json(std::move(chunk.documentsJson));
    out.set_last(chunk.last);
    out.set_digest(std::move(chunk.digest));
    out.set_count(chunk.count);
}

sync::Chunk fromProto(v1::Chunk&& chunk) {
    return {chunk.week(), std::move(*chunk.mutable_documents_json()), chunk.last(), chunk.digest(),
            chunk.count()};
}

void toProto(const sync::FetchState& state, v1::FetchState& out) {
    out.set_incarnation(state.incarnation);
    write(state.cursor, *out.mutable_cursor());
    for (const sync::DeviceState& device : state.devices) write(device, *out.add_devices());
    out.set_time_ms(state.timeMs);
}

sync::FetchState fromProto(const v1::FetchState& state) {
    sync::FetchState out;
    out.incarnation = state.incarnation();
    out.cursor = read(state.cursor());
    for (const v1::DeviceState& device : state.devices()) out.devices.push_back(read(device));
    out.timeMs = state.time_ms();
    return out;
}

v1::PushRequest toProto(sync::PushRequest request) {
    v1::PushRequest out;
    out.set_incarnation(std::move(request.incarnation));
    out.set_documents_json(std::move(request.documentsJson));
    return out;
}

sync::PushRequest fromProto(const v1::PushRequest& request) {
    return {request.incarnation(), request.documents_json()};
}

void toProto(const sync::PushResponse& response, v1::PushResponse& out) {
    write(response.cursor, *out.mutable_cursor());
    out.set_hello_needed(response.helloNeeded);
    out.set_time_ms(response.timeMs);
}

sync::PushResponse fromProto(const v1::PushResponse& response) {
    return {read(response.cursor()), response.hello_needed(), response.time_ms()};
}

}  // namespace hashira::wire

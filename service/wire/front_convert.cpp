// SPDX-License-Identifier: MIT
#include "wire/front_convert.h"

#include "base/limits.h"
#include "model/moment.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <set>

namespace hashira::wire {
namespace {

std::optional<What> whatOf(v1::What what) {
    switch (what) {
        case v1::WHAT_NEW: return What::kNew;
        case v1::WHAT_UPDATE: return What::kUpdate;
        case v1::WHAT_DELETE: return What::kDelete;
        default: return {};
    }
}

Result<Draft> toDraft(const v1::Command& command) {
    const auto what = whatOf(command.what());
    if (!what)
        return invalid("what: must be WHAT_NEW, WHAT_UPDATE or WHAT_DELETE, not " +
                       std::to_string(static_cast<int>(command.what())));
    return checkDraft(command.id(), *what, command.payload());
}

Status checkCount(std::size_t count) {
    if (count <= limits::kSendCommands) return {};
    return Error{ErrorCode::kExhausted, "a Send takes at most " +
                                            std::to_string(limits::kSendCommands) +
                                            " commands and this one has " + std::to_string(count) +
                                            ": send them in parts"};
}

}  // namespace

Status checkCommandCount(google::protobuf::io::ZeroCopyInputStream& sendRequest) {
    using google::protobuf::internal::WireFormatLite;
    constexpr std::uint32_t kCommandTag = WireFormatLite::MakeTag(
        v1::SendRequest::kCommandsFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    google::protobuf::io::CodedInputStream stream(&sendRequest);
    std::size_t count = 0;
    while (const std::uint32_t tag = stream.ReadTag()) {
        if (tag == kCommandTag) ++count;
        if (!WireFormatLite::SkipField(&stream, tag)) break;  // malformed: parsing tells
    }
    return checkCount(count);
}

Result<std::vector<Draft>> toDrafts(const v1::SendRequest& request) {
    const auto count = static_cast<std::size_t>(request.commands_size());
    if (const Status few = checkCount(count); !few) return few.error();
    std::vector<Draft> drafts;
    drafts.reserve(count);
    for (const v1::Command& command : request.commands()) {
        auto draft = toDraft(command);
        if (!draft)
            return Error{draft.error().code, "commands[" + std::to_string(drafts.size()) +
                                                 "]: " + draft.error().message};
        drafts.push_back(std::move(*draft));
    }
    return drafts;
}

void toProto(const front::Revision& revision, v1::Revision& out) {
    out.set_epoch(revision.epoch);
    out.set_number(revision.number);
}

void toProto(const front::Receipt& receipt, v1::Receipt& out) {
    out.set_command_id(receipt.commandId);
    out.set_task_id(receipt.taskId);
    out.set_number(receipt.number);
    out.set_level(static_cast<v1::Level>(receipt.level));
    out.set_rejected(receipt.rejected);
}

void toProto(const front::SendReply& reply, v1::SendResponse& out) {
    out.mutable_receipts()->Reserve(static_cast<int>(reply.receipts.size()));
    for (const front::Receipt& receipt : reply.receipts) toProto(receipt, *out.add_receipts());
    toProto(reply.revision, *out.mutable_revision());
}

void toProto(const front::Status& status, v1::Status& out) {
    out.set_connectivity(static_cast<v1::Connectivity>(status.connectivity));
    out.set_waiting_for(static_cast<v1::WaitingFor>(status.waitingFor));
    out.set_pending(status.pending);
    out.set_rejected(status.rejected);
    out.set_last_sync(status.lastSync);
    out.set_last_error(status.lastError);
    out.set_next_attempt(status.nextAttempt);
    out.set_account(status.account);
    out.set_device(status.device);
    out.set_datastore(status.datastore);
    toProto(status.revision, *out.mutable_revision());
    out.set_version(status.version);
    out.set_datastore_version(status.datastoreVersion);
    out.set_weeks_kept(status.weeksKept);
    for (const std::string& warning : status.warnings) out.add_warnings(warning);
    out.set_data_dir(status.dataDir);
    out.set_paused_until(status.pausedUntil);
    out.set_network(static_cast<v1::Network>(status.network.reach));
    out.set_metered(status.network.metered);
}

void toProto(const front::RejectedCommand& command, v1::RejectedCommand& out) {
    out.mutable_command()->set_id(command.command.commandId);
    out.mutable_command()->set_what(static_cast<v1::What>(command.command.what));
    out.mutable_command()->set_payload(command.command.payload);
    out.set_task_id(command.command.taskId);
    out.set_reason(command.reason);
    out.set_task_name(command.taskName);
    out.set_made(command.made);
    out.set_dependents(command.dependents);
}

void toProto(const front::SignedIn& signedIn, v1::SignInResponse& out) {
    toProto(signedIn.status, *out.mutable_status());
    out.set_account(signedIn.account);
    out.set_adopts(signedIn.adopts);
    out.set_leaves(signedIn.leaves);
}

void toProto(const front::DoctorReport& report, v1::RunDoctorResponse& out) {
    for (const std::string& finding : report.findings) out.add_findings(finding);
    out.set_weeks_compared(report.weeksCompared);
    out.set_weeks_differed(report.weeksDiffered);
    out.set_datastore_asked(report.datastoreAsked);
    out.set_healthy(report.healthy);
}

void toProto(const front::Notice& notice, Week current, v1::Notification& out) {
    toProto(notice.revision, *out.mutable_revision());
    std::set<int> offsets;
    for (const Bucket bucket : notice.buckets)
        offsets.insert(bucket.number >= current.index ? 0 : current.index - bucket.number);
    for (const int offset : offsets) out.add_weeks(offset);
    out.set_rejected_changed(notice.rejectedChanged);
    out.set_date_turned(notice.dateTurned);
}

front::Revision fromProto(const v1::Revision& revision) {
    return {revision.epoch(), revision.number()};
}

front::SignIn fromProto(const v1::SignInRequest& request) {
    return {request.datastore(),  request.token(), request.ca_certificate(),
            request.check_only(), request.adopt(), request.leave_pending()};
}

Result<front::Pause> fromProto(const v1::PauseRequest& request) {
    if (request.until().empty()) return front::Pause{};
    const auto until = Moment::parse(request.until());
    if (!until || until->utcMs == 0)
        return invalid("until: must be a moment such as 2026-12-01T14:00:00+01:00");
    return front::Pause{true, until->utcMs};
}

std::optional<front::Level> fromProto(v1::Level level) {
    switch (level) {
        case v1::LEVEL_DURABLE: return front::Level::kDurable;
        case v1::LEVEL_APPLIED: return front::Level::kApplied;
        case v1::LEVEL_VISIBLE: return front::Level::kVisible;
        default: return {};
    }
}

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#include "frontend/grpc_convert.h"

namespace hashira::frontend {
namespace {

Task fromTask(v1::Task& task) {
    Task out;
    out.id = std::move(*task.mutable_id());
    out.name = std::move(*task.mutable_name());
    out.place =
        task.place() == v1::PLACE_UNSPECIFIED ? Place::kBacklog : static_cast<Place>(task.place());
    out.rank = std::move(*task.mutable_rank());
    for (std::string& label : *task.mutable_labels()) out.labels.push_back(std::move(label));
    if (task.has_note()) out.note = std::move(*task.mutable_note());
    if (task.has_due()) out.due = task.due();
    if (task.has_created()) out.created = task.created();
    if (task.has_started()) out.started = task.started();
    if (task.has_done()) out.done = task.done();
    out.deleted = task.deleted();
    out.extraJson = std::move(*task.mutable_extra_json());
    out.pending = task.pending();
    return out;
}

}  // namespace

v1::SendRequest toSendRequest(const std::vector<OutCommand>& commands) {
    v1::SendRequest request;
    for (const OutCommand& command : commands) {
        v1::Command* out = request.add_commands();
        out->set_id(command.id);
        out->set_what(static_cast<v1::What>(command.what));
        out->set_payload(command.payload);
    }
    return request;
}

void toRevision(const front::Revision& revision, v1::Revision* out) {
    out->set_epoch(revision.epoch);
    out->set_number(revision.number);
}

v1::RetrieveRequest toRetrieveRequest(const RetrieveQuery& query) {
    v1::RetrieveRequest request;
    request.set_from(query.from);
    request.set_to(query.to);
    if (query.changedSince) toRevision(*query.changedSince, request.mutable_changed_since());
    request.set_include_deleted(query.includeDeleted);
    return request;
}

front::Revision fromRevision(const v1::Revision& revision) {
    return {revision.epoch(), revision.number()};
}

front::Receipt fromReceipt(const v1::Receipt& receipt) {
    front::Receipt out;
    out.commandId = receipt.command_id();
    out.taskId = receipt.task_id();
    out.number = receipt.number();
    out.level = static_cast<front::Level>(receipt.level());
    out.rejected = receipt.rejected();
    return out;
}

front::Status fromStatus(const v1::Status& status) {
    front::Status out;
    out.connectivity = static_cast<front::Connectivity>(status.connectivity());
    out.waitingFor = static_cast<front::WaitingFor>(status.waiting_for());
    out.pending = status.pending();
    out.rejected = status.rejected();
    out.lastSync = status.last_sync();
    out.lastError = status.last_error();
    out.nextAttempt = status.next_attempt();
    out.account = status.account();
    out.device = status.device();
    out.datastore = status.datastore();
    out.revision = fromRevision(status.revision());
    out.version = status.version();
    out.datastoreVersion = status.datastore_version();
    out.weeksKept = status.weeks_kept();
    out.warnings.assign(status.warnings().begin(), status.warnings().end());
    out.dataDir = status.data_dir();
    out.pausedUntil = status.paused_until();
    out.network = {static_cast<Reach>(status.network()), status.metered()};
    return out;
}

front::RejectedCommand fromRejected(const v1::RejectedCommand& rejected) {
    front::RejectedCommand out;
    out.command.commandId = rejected.command().id();
    out.command.what = static_cast<What>(rejected.command().what());
    out.command.payload = rejected.command().payload();
    out.command.taskId = rejected.task_id();
    out.reason = rejected.reason();
    out.taskName = rejected.task_name();
    out.made = rejected.made();
    out.dependents = rejected.dependents();
    return out;
}

v1::SignInRequest toSignInRequest(const front::SignIn& wanted) {
    v1::SignInRequest request;
    request.set_datastore(wanted.datastore);
    request.set_token(wanted.token);
    request.set_ca_certificate(wanted.caCertificate);
    request.set_check_only(wanted.checkOnly);
    request.set_adopt(wanted.adopt);
    request.set_leave_pending(wanted.leavePending);
    return request;
}

Piece fromPiece(v1::RetrieveResponse& response) {
    Piece out;
    out.week = response.week();
    out.offset = response.offset();
    out.revision = fromRevision(response.revision());
    out.complete = response.complete();
    out.incompleteReason = response.incomplete_reason();
    out.full = response.full();
    for (v1::Task& task : *response.mutable_tasks()) out.tasks.push_back(fromTask(task));
    out.removedIds.assign(response.removed_ids().begin(), response.removed_ids().end());
    out.last = response.last();
    return out;
}

Note fromNotification(const v1::Notification& notification) {
    Note out;
    out.revision = fromRevision(notification.revision());
    out.full = notification.full();
    out.weeks.assign(notification.weeks().begin(), notification.weeks().end());
    out.rejectedChanged = notification.rejected_changed();
    out.dateTurned = notification.date_turned();
    return out;
}

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/front.h"

#include <google/protobuf/io/zero_copy_stream.h>
#include <hashira/v1/daemon.pb.h>
#include <hashira/v1/hashira.pb.h>

#include <optional>
#include <vector>

/// hashira.proto and daemon.proto to the values of model/front.h, and back. Pure; any thread.
namespace hashira::wire {

/// Checks the commands of a Send. The error names index and field: `commands[3]: name: must not be
/// empty`. kExhausted: too many commands. The bytes of the request are the caller's to check.
Result<std::vector<Draft>> toDrafts(const v1::SendRequest& request);

/// kExhausted where the bytes of a SendRequest hold too many commands, without reading them: a
/// command of two bytes takes thirty times as much when it is parsed.
Status checkCommandCount(google::protobuf::io::ZeroCopyInputStream& sendRequest);

void toProto(const front::Revision& revision, v1::Revision& out);
void toProto(const front::Receipt& receipt, v1::Receipt& out);
void toProto(const front::SendReply& reply, v1::SendResponse& out);
void toProto(const front::Status& status, v1::Status& out);
void toProto(const front::RejectedCommand& command, v1::RejectedCommand& out);
void toProto(const front::SignedIn& signedIn, v1::SignInResponse& out);
void toProto(const front::DoctorReport& report, v1::RunDoctorResponse& out);
/// Absolute buckets become offsets from `current`: open and later weeks are 0.
void toProto(const front::Notice& notice, Week current, v1::Notification& out);

front::Revision fromProto(const v1::Revision& revision);
front::SignIn fromProto(const v1::SignInRequest& request);
/// Nothing where it is unspecified or unknown.
/// kInvalid: `until` is no moment.
Result<front::Pause> fromProto(const v1::PauseRequest& request);
std::optional<front::Level> fromProto(v1::Level level);

}  // namespace hashira::wire

// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"

#include "hashira/v1/daemon.pb.h"
#include "hashira/v1/hashira.pb.h"

/// Messages of the protocol and the values that front ends work with.
namespace hashira::frontend {

v1::SendRequest toSendRequest(const std::vector<OutCommand>& commands);
v1::RetrieveRequest toRetrieveRequest(const RetrieveQuery& query);
v1::SignInRequest toSignInRequest(const front::SignIn& wanted);
void toRevision(const front::Revision& revision, v1::Revision* out);

front::Revision fromRevision(const v1::Revision& revision);
front::Receipt fromReceipt(const v1::Receipt& receipt);
front::Status fromStatus(const v1::Status& status);
front::RejectedCommand fromRejected(const v1::RejectedCommand& rejected);
Piece fromPiece(v1::RetrieveResponse& response);
Note fromNotification(const v1::Notification& notification);

}  // namespace hashira::frontend

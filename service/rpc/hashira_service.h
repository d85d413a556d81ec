// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/subscription.h"

#include <hashira/v1/hashira.grpc.pb.h>

namespace hashira::rpc {

/// The service of the front ends over the core. Send and Retrieve are raw: requests are measured
/// before they are parsed, and tasks go out as the bytes that snapshots keep.
class HashiraService final
    : public v1::Hashira::WithRawCallbackMethod_Send<v1::Hashira::WithRawCallbackMethod_Retrieve<
          v1::Hashira::WithCallbackMethod_Subscribe<v1::Hashira::Service>>> {
public:
    HashiraService(OpenCalls& calls, CorePort& core) : m_calls(calls), m_core(core) {}

    grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
    grpc::ServerWriteReactor<grpc::ByteBuffer>* Retrieve(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) override;
    grpc::ServerWriteReactor<v1::Notification>* Subscribe(
        grpc::CallbackServerContext* context, const v1::SubscribeRequest* request) override;

    /// Any thread.
    void notify(const front::Notice& notice);

private:
    OpenCalls& m_calls;
    CorePort& m_core;
    Audience<Subscription> m_subscriptions;
};

}  // namespace hashira::rpc

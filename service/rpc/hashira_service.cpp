// SPDX-License-Identifier: MIT
#include "rpc/hashira_service.h"

#include "base/limits.h"
#include "rpc/retrieve_call.h"
#include "rpc/unary_call.h"
#include "wire/front_convert.h"

#include <google/protobuf/arena.h>
#include <grpcpp/impl/codegen/proto_utils.h>

namespace hashira::rpc {
namespace {

using SendCall = UnaryCall<grpc::ByteBuffer>;

template <typename Message>
bool parse(const grpc::ByteBuffer& bytes, Message& message) {
    grpc::ByteBuffer copy(bytes);  // of the references only
    return grpc::SerializationTraits<Message>::Deserialize(&copy, &message).ok();
}

template <typename Message>
grpc::ByteBuffer bytesOf(const Message& message) {
    const grpc::Slice slice(message.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
}

Result<std::vector<Draft>> readSend(const grpc::ByteBuffer& request) {
    if (request.Length() > limits::kSendBytes)
        return Error{ErrorCode::kExhausted, "a Send takes at most 16 MiB and this one has " +
                                                std::to_string(request.Length()) +
                                                " bytes: send the commands in parts"};
    google::protobuf::Arena arena;
    auto* message = google::protobuf::Arena::CreateMessage<v1::SendRequest>(&arena);
    if (!parse(request, *message)) return invalid("the request is no SendRequest");
    return wire::toDrafts(*message);
}

}  // namespace

grpc::ServerUnaryReactor* HashiraService::Send(grpc::CallbackServerContext*,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
    const auto call = SendCall::start(m_calls, response);
    auto drafts = readSend(*request);
    if (!drafts) {
        call->fail(drafts.error());
        return call.get();
    }
    const auto fill = [](const front::SendReply& reply, grpc::ByteBuffer& bytes) {
        v1::SendResponse message;
        wire::toProto(reply, message);
        bytes = bytesOf(message);
    };
    m_core.send(std::move(*drafts), call->reply<front::SendReply>(fill));
    return call.get();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* HashiraService::Retrieve(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
    v1::RetrieveRequest message;
    // What cannot be parsed is refused as a range that cannot be.
    if (!parse(*request, message)) message.set_from(-1);
    return RetrieveCall::start(m_calls, m_core, message);
}

grpc::ServerWriteReactor<v1::Notification>* HashiraService::Subscribe(
    grpc::CallbackServerContext*, const v1::SubscribeRequest* request) {
    return Subscription::start(m_calls, m_core, m_subscriptions, *request);
}

void HashiraService::notify(const front::Notice& notice) {
    for (const auto& subscription : m_subscriptions.all()) subscription->tell(notice);
}

}  // namespace hashira::rpc

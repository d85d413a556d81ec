// SPDX-License-Identifier: MIT
#include "rpc/hashira_service.h"

#include "base/limits.h"
#include "rpc/retrieve_call.h"
#include "rpc/unary_call.h"
#include "wire/front_convert.h"
#include "wire/malformed.h"

#include <google/protobuf/arena.h>
#include <grpcpp/impl/codegen/proto_utils.h>

namespace hashira::rpc {
namespace {

using SendCall = UnaryCall<grpc::ByteBuffer>;

/// Fills the message, or says what is wrong with the bytes and where.
template <typename Message>
Status parse(const grpc::ByteBuffer& bytes, Message& message) {
    grpc::ByteBuffer copy(bytes);  // of the references only
    if (grpc::SerializationTraits<Message>::Deserialize(&copy, &message).ok()) return {};
    std::vector<grpc::Slice> slices;
    std::string text;
    if (bytes.Dump(&slices).ok())
        for (const grpc::Slice& slice : slices)
            text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return invalid(wire::whyMalformed(*Message::descriptor(), text));
}

template <typename Message>
grpc::ByteBuffer bytesOf(const Message& message) {
    grpc::ByteBuffer bytes;
    bool own = false;
    (void)grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own);
    return bytes;
}

/// Only of requests that are large enough to hold too many.
Status checkCommandCount(const grpc::ByteBuffer& request) {
    if (request.Length() <= 2 * limits::kSendCommands) return {};
    grpc::ByteBuffer copy(request);  // of the references only
    grpc::ProtoBufferReader reader(&copy);
    return wire::checkCommandCount(reader);
}

Result<std::vector<Draft>> readSend(const grpc::ByteBuffer& request) {
    if (request.Length() > limits::kSendBytes)
        return Error{ErrorCode::kExhausted, "a Send takes at most 16 MiB and this one has " +
                                                std::to_string(request.Length()) +
                                                " bytes: send the commands in parts"};
    if (const Status few = checkCommandCount(request); !few) return few.error();
    google::protobuf::Arena arena;
    auto* message = google::protobuf::Arena::CreateMessage<v1::SendRequest>(&arena);
    if (const Status parsed = parse(request, *message); !parsed) return parsed.error();
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
        google::protobuf::Arena arena;
        auto* message = google::protobuf::Arena::CreateMessage<v1::SendResponse>(&arena);
        wire::toProto(reply, *message);
        bytes = bytesOf(*message);
    };
    m_core.send(std::move(*drafts), call->replyWithOthers<front::SendReply>(fill));
    return call.get();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* HashiraService::Retrieve(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
    v1::RetrieveRequest message;
    const Status parsed = parse(*request, message);
    return RetrieveCall::start(m_calls, m_core, message, parsed);
}

grpc::ServerWriteReactor<v1::Notification>* HashiraService::Subscribe(
    grpc::CallbackServerContext*, const v1::SubscribeRequest* request) {
    return Subscription::start(m_calls, m_core, m_subscriptions, *request);
}

void HashiraService::notify(const front::Notice& notice) {
    for (const auto& subscription : m_subscriptions.all()) subscription->tell(notice);
}

}  // namespace hashira::rpc

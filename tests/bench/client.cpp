// SPDX-License-Identifier: MIT
#include "bench/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

namespace hashira::bench {
namespace {

/// Nothing takes this long when all is well.
constexpr std::chrono::seconds kLimit{120};

void limit(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + kLimit);
}

void check(const grpc::Status& status, const char* call) {
    if (!status.ok()) throw Failure(std::string(call) + ": " + status.error_message());
}

}  // namespace

Client::Client(const std::string& target) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    m_channel = grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
    m_hashira = v1::Hashira::NewStub(m_channel);
    m_daemon = v1::Daemon::NewStub(m_channel);
    if (!m_channel->WaitForConnected(std::chrono::system_clock::now() + kLimit))
        throw Failure("cannot connect to " + target);
}

v1::SendResponse Client::send(const v1::SendRequest& request) {
    grpc::ClientContext context;
    limit(context);
    v1::SendResponse response;
    check(m_hashira->Send(&context, request, &response), "Send");
    return response;
}

v1::Revision Client::retrieve(const v1::RetrieveRequest& request,
                              const std::function<void(const v1::RetrieveResponse&)>& each) {
    grpc::ClientContext context;
    limit(context);
    const auto stream = m_hashira->Retrieve(&context, request);
    v1::RetrieveResponse piece;
    v1::Revision revision;
    while (stream->Read(&piece)) {
        if (piece.has_revision()) revision = piece.revision();
        each(piece);
    }
    check(stream->Finish(), "Retrieve");
    return revision;
}

v1::Status Client::status() {
    grpc::ClientContext context;
    limit(context);
    v1::GetStatusResponse response;
    check(m_daemon->GetStatus(&context, {}, &response), "GetStatus");
    return response.status();
}

void Client::pause() {
    grpc::ClientContext context;
    limit(context);
    v1::PauseResponse response;
    check(m_daemon->Pause(&context, {}, &response), "Pause");
}

void Client::resume() {
    grpc::ClientContext context;
    limit(context);
    v1::ResumeResponse response;
    check(m_daemon->Resume(&context, {}, &response), "Resume");
}

void Client::waitFor(const std::string& commandId, v1::Level level) {
    grpc::ClientContext context;
    limit(context);
    v1::WaitForRequest request;
    request.set_command_id(commandId);
    request.set_level(level);
    v1::WaitForResponse response;
    check(m_daemon->WaitFor(&context, request, &response), "WaitFor");
}

void Client::waitSynced(std::chrono::seconds limit) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + limit);
    const auto stream = m_daemon->WatchStatus(&context, {});
    v1::WatchStatusResponse response;
    do {
        if (!stream->Read(&response)) check(stream->Finish(), "WatchStatus");
    } while (response.status().connectivity() != v1::CONNECTIVITY_ONLINE ||
             response.status().pending() > 0 || response.status().last_sync().empty());
    context.TryCancel();
    stream->Finish();
}

Listener::Listener(Client& client) {
    m_stream = client.stub().Subscribe(&m_context, {});
    v1::Notification now;
    if (!m_stream->Read(&now)) check(m_stream->Finish(), "Subscribe");
}

Listener::~Listener() {
    m_context.TryCancel();
    m_stream->Finish();
}

std::uint64_t Listener::next(std::uint64_t number) {
    v1::Notification told;
    do {
        if (!m_stream->Read(&told)) check(m_stream->Finish(), "Subscribe");
    } while (told.revision().number() <= number);
    return told.revision().number();
}

Follower::Follower(Client& client) : m_client(client), m_listener(client) {
    read();
}

std::size_t Follower::follow() {
    hear();
    return read();
}

void Follower::hear() {
    m_listener.next(m_revision.number());
}

std::size_t Follower::read() {
    v1::RetrieveRequest request;
    if (!m_revision.epoch().empty()) *request.mutable_changed_since() = m_revision;
    m_revision = m_client.retrieve(request, [this](const v1::RetrieveResponse& piece) {
        for (const v1::Task& task : piece.tasks()) m_tasks.insert(task.id());
    });
    return m_tasks.size();
}

void addNew(v1::SendRequest& request, const std::string& name, const std::string& fields) {
    v1::Command& command = *request.add_commands();
    command.set_what(v1::WHAT_NEW);
    command.set_payload("{\"name\":\"" + name + "\"" + fields + "}");
}

v1::SendRequest newTasks(int count) {
    v1::SendRequest request;
    for (int i = 0; i < count; ++i)
        addNew(request, "Task " + std::to_string(i) + ": write the report and send it",
               ",\"place\":\"todo\",\"labels\":[\"work\"]");
    return request;
}

}  // namespace hashira::bench

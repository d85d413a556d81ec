// SPDX-License-Identifier: MIT
//
// hashira-bench-floor ENDPOINT [MESSAGES]: the least that a Qt process with a gRPC service is. Send
// answers an empty message at once; Retrieve streams the messages of the file from memory. (The
// file: each message after its length, 4 bytes of this machine's order.) Watch says an empty hello
// and is silent from then on. Port 0: the system chooses.
#include "hashira/v1/datastore.grpc.pb.h"
#include "hashira/v1/hashira.grpc.pb.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <QCoreApplication>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

namespace v1 = hashira::v1;
using Messages = std::vector<grpc::ByteBuffer>;

class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
public:
    explicit Stream(const Messages& messages) : m_messages(messages) { write(); }
    void OnWriteDone(bool ok) override {
        if (ok)
            write();
        else
            Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

private:
    void write() {
        if (m_at == m_messages.size()) return Finish(grpc::Status::OK);
        const grpc::ByteBuffer* message = &m_messages[m_at++];
        if (m_at == m_messages.size())
            StartWriteAndFinish(message, {}, grpc::Status::OK);
        else
            StartWrite(message);
    }

    const Messages& m_messages;
    std::size_t m_at = 0;
};

using Base = v1::Hashira::WithRawCallbackMethod_Send<
    v1::Hashira::WithRawCallbackMethod_Retrieve<v1::Hashira::Service>>;

class Bare final : public Base {
public:
    explicit Bare(Messages messages) : m_messages(std::move(messages)) {}

    grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                   grpc::ByteBuffer* response) override {
        const grpc::Slice nothing;
        *response = grpc::ByteBuffer(&nothing, 1);
        auto* reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
    grpc::ServerWriteReactor<grpc::ByteBuffer>* Retrieve(grpc::CallbackServerContext*,
                                                         const grpc::ByteBuffer*) override {
        return new Stream(m_messages);
    }

private:
    const Messages m_messages;
};

class IdleStream final : public grpc::ServerWriteReactor<v1::WatchResponse> {
public:
    IdleStream() {
        m_hello.mutable_hello();
        StartWrite(&m_hello);
    }
    // Finished once, by whichever comes first.
    void OnWriteDone(bool ok) override {
        if (!ok) finish();
    }
    void OnCancel() override { finish(); }
    void OnDone() override { delete this; }

private:
    void finish() {
        std::call_once(m_finished, [this] { Finish(grpc::Status::CANCELLED); });
    }

    v1::WatchResponse m_hello;
    std::once_flag m_finished;
};

class BareDatastore final : public v1::Datastore::CallbackService {
public:
    grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext*,
                                                       const v1::WatchRequest*) override {
        return new IdleStream;
    }
};

Messages readMessages(const char* path) {
    std::ifstream file(path, std::ios::binary);
    Messages messages;
    std::uint32_t size = 0;
    while (file.read(reinterpret_cast<char*>(&size), sizeof size)) {
        std::string bytes(size, '\0');
        file.read(bytes.data(), size);
        const grpc::Slice slice(bytes);
        messages.emplace_back(&slice, 1);
    }
    return messages;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: hashira-bench-floor ENDPOINT [MESSAGES]\n");
        return 2;
    }
    Bare service(argc > 2 ? readMessages(argv[2]) : Messages{});
    BareDatastore datastore;
    grpc::ServerBuilder builder;
    // Daemons ping every 10 s: by default they would be cut off for it.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    int port = 0;
    builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    builder.RegisterService(&datastore);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    std::string endpoint = argv[1];
    if (const auto end = endpoint.size() - 2; endpoint.compare(end, 2, ":0") == 0)
        endpoint.replace(end + 1, 1, std::to_string(port));
    std::printf("listening on %s\n", endpoint.c_str());
    std::fflush(stdout);
    return QCoreApplication::exec();  // until a signal ends the process
}

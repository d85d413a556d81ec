// SPDX-License-Identifier: MIT
//
// hashira-bench-floor ENDPOINT [MESSAGES]: the least that a Qt process with a gRPC service is. Send
// answers an empty message at once; Retrieve streams the messages of the file from memory. (The
// file: each message after its length, 4 bytes of this machine's order.)
#include "hashira/v1/hashira.grpc.pb.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <QCoreApplication>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
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
    grpc::ServerBuilder builder;
    builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    std::printf("listening on %s\n", argv[1]);
    std::fflush(stdout);
    return QCoreApplication::exec();  // until a signal ends the process
}

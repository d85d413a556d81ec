// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "daemon/daemon.h"

#include <QString>
#include <QTemporaryDir>

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <hashira/v1/daemon.grpc.pb.h>
#include <hashira/v1/hashira.grpc.pb.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace hashira::test {

/// A call's context with a limit of time.
struct CallContext : grpc::ClientContext {
    explicit CallContext(int seconds = 60) {
        set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
    }
};

inline v1::Command command(v1::What what, const std::string& payload, const std::string& id = {}) {
    v1::Command command;
    command.set_id(id);
    command.set_what(what);
    command.set_payload(payload);
    return command;
}

/// A UUID that stands for a number.
inline std::string idOf(int number) {
    char text[40];
    std::snprintf(text, sizeof text, "01930000-0000-7000-8000-%012x",
                  static_cast<unsigned>(number));
    return text;
}

/// A whole daemon in this process, on a directory that lasts longer than it, and a front end.
class DaemonBench {
public:
    DaemonBench() {
        settings.dataDir = path("data");
        settings.listen = "unix:" + path("run/daemon.sock");
        settings.version = "0.0.0";
    }

    std::string path(const char* name) const {
        return directory.filePath(QString::fromLatin1(name)).toStdString();
    }
    Status start() {
        auto started = daemon::Daemon::start(settings, clock);
        if (!started) return started.error();
        daemon = std::move(*started);
        channel = connect();
        hashira = v1::Hashira::NewStub(channel);
        control = v1::Daemon::NewStub(channel);
        return {};
    }
    void stop() { daemon.reset(); }
    /// A connection of its own.
    std::shared_ptr<grpc::Channel> connect() const {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        return grpc::CreateCustomChannel(daemon->endpoint(), grpc::InsecureChannelCredentials(),
                                         arguments);
    }

    grpc::Status send(const std::vector<v1::Command>& commands, v1::SendResponse& response) {
        v1::SendRequest request;
        for (const v1::Command& each : commands) *request.add_commands() = each;
        CallContext context;
        return hashira->Send(&context, request, &response);
    }
    /// The tasks of this week, in the order told. A failed call is told as one task of that name.
    std::vector<v1::Task> tasks() {
        v1::RetrieveRequest request;
        CallContext context;
        const auto reader = hashira->Retrieve(&context, request);
        std::vector<v1::Task> all;
        for (v1::RetrieveResponse message; reader->Read(&message);)
            all.insert(all.end(), message.tasks().begin(), message.tasks().end());
        if (const auto status = reader->Finish(); !status.ok()) {
            all.resize(1);
            all[0].set_name("failed: " + status.error_message());
        }
        return all;
    }
    std::string names() {
        std::string text;
        for (const v1::Task& task : tasks()) text += (text.empty() ? "" : " ") + task.name();
        return text;
    }
    v1::Status status() {
        CallContext context;
        v1::GetStatusResponse response;
        (void)control->GetStatus(&context, {}, &response);
        return response.status();
    }

    QTemporaryDir directory;
    SystemClock clock;
    daemon::Settings settings;
    std::unique_ptr<daemon::Daemon> daemon;
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::Hashira::Stub> hashira;
    std::unique_ptr<v1::Daemon::Stub> control;
};

}  // namespace hashira::test

// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bench.h"
#include "hashira/v1/daemon.grpc.pb.h"
#include "hashira/v1/hashira.grpc.pb.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace hashira::bench {

/// A front end: the same for the daemon and for the floor. Its calls throw Failure.
class Client {
public:
    /// Connects over a connection of its own.
    explicit Client(const std::string& target);

    v1::SendResponse send(const v1::SendRequest& request);
    /// The revision that the answer is of.
    v1::Revision retrieve(const v1::RetrieveRequest& request,
                          const std::function<void(const v1::RetrieveResponse&)>& each);
    v1::Status status();
    void pause();
    void resume();
    void waitFor(const std::string& commandId, v1::Level level);
    /// Until the daemon is connected to its datastore and has nothing pending.
    void waitSynced(std::chrono::seconds limit = std::chrono::seconds(120));

    v1::Hashira::Stub& stub() { return *m_hashira; }

private:
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<v1::Hashira::Stub> m_hashira;
    std::unique_ptr<v1::Daemon::Stub> m_daemon;
};

/// Hears of changes, as a front end does.
class Listener {
public:
    explicit Listener(Client& client);
    ~Listener();
    /// Until there is a notification of a revision above `number`; its number.
    std::uint64_t next(std::uint64_t number);

private:
    grpc::ClientContext m_context;
    std::unique_ptr<grpc::ClientReader<v1::Notification>> m_stream;
};

/// Keeps this week's tasks as a front end does: asks at each notification for what changed.
class Follower {
public:
    explicit Follower(Client& client);
    /// Waits for one notification and reads what changed; how many tasks are known now.
    std::size_t follow();
    /// Waits for one notification only.
    void hear();
    /// Reads what changed.
    std::size_t read();
    bool knows(const std::string& task) const { return m_tasks.count(task) > 0; }
    std::uint64_t revision() const { return m_revision.number(); }

private:
    Client& m_client;
    Listener m_listener;
    v1::Revision m_revision;
    std::set<std::string> m_tasks;
};

/// A NEW with these fields more ("," first).
void addNew(v1::SendRequest& request, const std::string& name, const std::string& fields = {});

/// A Send of so many NEWs of different names.
v1::SendRequest newTasks(int count);

}  // namespace hashira::bench

// SPDX-License-Identifier: MIT
#include "support/fake_core.h"

#include "base/limits.h"
#include "rpc/server.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <hashira/v1/daemon.grpc.pb.h>
#include <hashira/v1/hashira.grpc.pb.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <future>
#include <set>

using namespace hashira;
using hashira::rpc::Endpoint;
using hashira::rpc::Server;
using hashira::test::FakeCore;

namespace {

const char* const kTask = "01930000-0000-7000-8000-000000000001";
const char* const kCommand = "01930000-0000-7000-8000-0000000000c1";

/// A call's context with a limit of time, and the token where there is one.
struct Context : grpc::ClientContext {
    explicit Context(const std::string& token = {}, int seconds = 30) {
        set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
        if (!token.empty()) AddMetadata("authorization", "Bearer " + token);
    }
};

/// One call of any method with bytes: health and reflection, whose stubs are not installed.
class RawCall {
public:
    RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const std::string& request, const std::string& token)
        : m_context(token), m_stub(channel) {
        m_call = m_stub.PrepareCall(&m_context, method, &m_queue);
        m_call->StartCall(this);
        if (!wait()) return;
        const grpc::Slice slice(request);
        m_call->Write(grpc::ByteBuffer(&slice, 1), this);
        if (!wait()) return;
        m_call->WritesDone(this);
        wait();
    }
    ~RawCall() {
        m_context.TryCancel();
        m_queue.Shutdown();
        void* tag = nullptr;
        bool ok = false;
        while (m_queue.Next(&tag, &ok)) {
        }
    }
    /// The next message, or nothing.
    std::optional<std::string> read() {
        grpc::ByteBuffer bytes;
        m_call->Read(&bytes, this);
        if (!wait()) return {};
        std::vector<grpc::Slice> slices;
        if (!bytes.Dump(&slices).ok()) return {};
        std::string text;
        for (const grpc::Slice& slice : slices)
            text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
        return text;
    }
    grpc::Status finish() {
        grpc::Status status;
        m_call->Finish(&status, this);
        wait();
        return status;
    }

private:
    bool wait() {
        void* tag = nullptr;
        bool ok = false;
        return m_queue.Next(&tag, &ok) && ok;
    }

    Context m_context;
    grpc::CompletionQueue m_queue;
    grpc::GenericStub m_stub;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> m_call;
};

/// A server over a core in memory, and a client.
class Bench {
public:
    explicit Bench(bool tcp = false) {
        if (tcp) {
            settings.endpoint = *Endpoint::parse("tcp:127.0.0.1:0");
            settings.tokenFile = (directory.path() + QStringLiteral("/local-token")).toStdString();
        } else {
            settings.endpoint.path =
                (directory.path() + QStringLiteral("/run/daemon.sock")).toStdString();
        }
        start();
    }
    ~Bench() {
        if (server) server->stop(0);
        core.post([this] { core.onNotice = {}, core.onStatus = {}; });
        core.drain();
        server.reset();
    }

    void start() {
        auto started = Server::start(settings, core);
        if (!started) qFatal("%s", started.error().message.c_str());
        server = std::move(*started);
        core.onNotice = [this](const front::Notice& notice) { server->notify(notice); };
        core.onStatus = [this](const front::Status& status) { server->statusChanged(status); };
        token.clear();
        if (!settings.tokenFile.empty()) {
            QFile file(QString::fromStdString(settings.tokenFile));
            if (!file.open(QIODevice::ReadOnly)) qFatal("no token file");
            token = file.readAll().trimmed().toStdString();
        }
        channel = connect();
        hashira = v1::Hashira::NewStub(channel);
        daemon = v1::Daemon::NewStub(channel);
    }
    /// A connection of its own.
    std::shared_ptr<grpc::Channel> connect() const {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        arguments.SetMaxReceiveMessageSize(4 * 1024 * 1024);
        const std::string text = server->endpoint().text();
        return grpc::CreateCustomChannel(settings.tokenFile.empty() ? text : text.substr(4),
                                         grpc::InsecureChannelCredentials(), arguments);
    }

    grpc::Status send(const std::vector<v1::Command>& commands, v1::SendResponse& response) {
        v1::SendRequest request;
        for (const v1::Command& command : commands) *request.add_commands() = command;
        Context context(token);
        return hashira->Send(&context, request, &response);
    }
    /// All messages of a Retrieve.
    grpc::Status retrieve(const v1::RetrieveRequest& request,
                          std::vector<v1::RetrieveResponse>& messages) {
        Context context(token);
        const auto reader = hashira->Retrieve(&context, request);
        messages.clear();
        for (v1::RetrieveResponse message; reader->Read(&message);) messages.push_back(message);
        return reader->Finish();
    }

    QTemporaryDir directory;
    FakeCore core;
    rpc::ServerSettings settings;
    std::unique_ptr<Server> server;
    std::string token;
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::Hashira::Stub> hashira;
    std::unique_ptr<v1::Daemon::Stub> daemon;
};

v1::Command command(v1::What what, const std::string& payload, const std::string& id = {}) {
    v1::Command command;
    command.set_id(id);
    command.set_what(what);
    command.set_payload(payload);
    return command;
}

std::string idOf(int number) {
    char text[40];
    std::snprintf(text, sizeof text, "01930000-0000-7000-8000-%012x", number);
    return text;
}

std::vector<v1::Command> newTasks(int count, int noteBytes = 0) {
    std::vector<v1::Command> commands;
    for (int i = 1; i <= count; ++i)
        commands.push_back(command(
            v1::WHAT_NEW, "{\"id\":\"" + idOf(i) + "\",\"name\":\"task\",\"note\":\"" +
                              std::string(static_cast<std::size_t>(noteBytes), 'n') + "\"}"));
    return commands;
}

v1::RetrieveRequest weeks(int from, int to) {
    v1::RetrieveRequest request;
    request.set_from(from);
    request.set_to(to);
    return request;
}

bool isOk(const grpc::Status& status) {
    if (!status.ok()) qWarning("%d %s", status.error_code(), status.error_message().c_str());
    return status.ok();
}

mode_t modeOf(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

void bothTransports() {
    QTest::addColumn<bool>("tcp");
    QTest::newRow("unix") << false;
    QTest::newRow("tcp") << true;
}

}  // namespace

class RpcTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sendsAndRetrieves_data() { bothTransports(); }
    void sendsAndRetrieves() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(1), sent)));
        QCOMPARE(sent.receipts_size(), 1);
        QCOMPARE(sent.receipts(0).task_id(), idOf(1));
        QCOMPARE(sent.receipts(0).level(), v1::LEVEL_DURABLE);
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 9), messages)));
        QCOMPARE(messages.size(), std::size_t{10});
        QCOMPARE(messages[0].week(), std::string("2026-W48"));
        QCOMPARE(messages[9].week(), std::string("2026-W39"));
        QCOMPARE(messages[9].offset(), 9);
        for (const auto& message : messages)
            QVERIFY(message.last() && message.full() && message.complete());
        QCOMPARE(messages[0].tasks_size(), 1);
        QCOMPARE(messages[0].tasks(0).name(), std::string("task"));
        QVERIFY(messages[0].tasks(0).pending());
        QCOMPARE(messages[0].revision().number(), sent.revision().number());
    }

    void sameCommandTwiceHasOneReceipt() {
        Bench bench;
        v1::SendResponse first;
        v1::SendResponse second;
        const auto add = command(v1::WHAT_NEW, "{\"name\":\"milk\"}", kCommand);
        QVERIFY(isOk(bench.send({add}, first)));
        QVERIFY(isOk(bench.send({add}, second)));
        QCOMPARE(second.SerializeAsString(), first.SerializeAsString());
    }

    void refusesTheArrayAndNamesTheIndex() {
        Bench bench;
        v1::SendResponse response;
        auto commands = newTasks(5);
        commands[3].set_payload("{\"name\":\"\"}");
        auto status = bench.send(commands, response);
        QCOMPARE(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QCOMPARE(status.error_message(), std::string("commands[3]: name: must not be empty"));
        commands[3].set_payload("{\"name\":\"fine\"}");
        commands[4].set_what(static_cast<v1::What>(9));
        status = bench.send(commands, response);
        QCOMPARE(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QVERIFY(status.error_message().rfind("commands[4]: what: ", 0) == 0);
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 0), messages)));
        QCOMPARE(messages[0].tasks_size(), 0);
    }

    void refusesWhatIsOverTheLimits() {
        Bench bench;
        v1::SendResponse response;
        auto status = bench.send(newTasks(20'001), response);
        QCOMPARE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QVERIFY(status.error_message().find("20000 commands") != std::string::npos);
        status = bench.send(newTasks(260, 64'900), response);
        QCOMPARE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QVERIFY(status.error_message().find("16 MiB") != std::string::npos);
        QVERIFY(isOk(bench.send(newTasks(20'000), response)));
        QCOMPARE(response.receipts_size(), 20'000);
    }

    void refusesOffsetsThatCannotBe_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        QTest::newRow("negative") << -1 << 0;
        QTest::newRow("crossed") << 2 << 1;
        QTest::newRow("too far") << 0 << 10'001;
        QTest::newRow("least") << 0 << std::numeric_limits<int>::min();
    }
    void refusesOffsetsThatCannotBe() {
        QFETCH(int, from);
        QFETCH(int, to);
        Bench bench;
        std::vector<v1::RetrieveResponse> messages;
        const auto status = bench.retrieve(weeks(from, to), messages);
        QCOMPARE(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QVERIFY(!status.error_message().empty());
        QVERIFY(messages.empty());
    }

    void streamsLargeWeeksInPieces_data() { bothTransports(); }
    void streamsLargeWeeksInPieces() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(5'000, 300), sent)));
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 0), messages)));
        QVERIFY(messages.size() > 10);
        int next = 1;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            QCOMPARE(messages[i].last(), i + 1 == messages.size());
            QVERIFY(messages[i].ByteSizeLong() < 2 * limits::kPieceBytes);
            for (const v1::Task& task : messages[i].tasks()) QCOMPARE(task.id(), idOf(next++));
        }
        QCOMPARE(next, 5'001);
    }

    void streamsTenThousandWeeks() {
        Bench bench;
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 10'000), messages)));
        QCOMPARE(messages.size(), std::size_t{10'001});
        QCOMPARE(messages.back().offset(), 10'000);
    }

    void tellsManyRemovals() {
        Bench bench;
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(4'000), sent)));
        std::vector<v1::RetrieveResponse> messages;
        auto request = weeks(0, 0);
        QVERIFY(isOk(bench.retrieve(request, messages)));
        std::vector<v1::Command> commands;
        for (int i = 1; i <= 3'999; ++i)
            commands.push_back(command(v1::WHAT_DELETE, "{\"id\":\"" + idOf(i) + "\"}"));
        *request.mutable_changed_since() = sent.revision();
        QVERIFY(isOk(bench.send(commands, sent)));
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QVERIFY(messages.size() > 1);
        std::set<std::string> removed;
        for (const auto& message : messages)
            removed.insert(message.removed_ids().begin(), message.removed_ids().end());
        QCOMPARE(removed.size(), std::size_t{3'999});
        QVERIFY(messages.back().last() && !messages.front().last());
    }

    void tellsOnlyWhatChanged() {
        Bench bench;
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(50), sent)));
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 1), messages)));
        const v1::Revision since = messages[0].revision();
        QVERIFY(isOk(bench.send(
            {command(v1::WHAT_UPDATE, "{\"id\":\"" + idOf(7) + "\",\"name\":\"new name\"}"),
             command(v1::WHAT_DELETE, "{\"id\":\"" + idOf(8) + "\"}"),
             command(v1::WHAT_UPDATE,
                     "{\"id\":\"" + idOf(9) +
                         "\",\"place\":\"done\",\"done\":\"2026-11-18T10:00:00+01:00\"}")},
            sent)));
        auto request = weeks(0, 1);
        *request.mutable_changed_since() = since;
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QCOMPARE(messages.size(), std::size_t{2});
        QVERIFY(!messages[0].full() && !messages[1].full());
        QCOMPARE(messages[0].tasks_size(), 1);
        QCOMPARE(messages[0].tasks(0).name(), std::string("new name"));
        QCOMPARE(messages[0].removed_ids_size(), 2);
        QCOMPARE(messages[0].removed_ids(0), idOf(8));
        QCOMPARE(messages[0].removed_ids(1), idOf(9));
        QCOMPARE(messages[1].tasks_size(), 1);
        QCOMPARE(messages[1].tasks(0).id(), idOf(9));

        request.set_include_deleted(true);
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QCOMPARE(messages[0].tasks_size(), 2);
        QCOMPARE(messages[0].removed_ids_size(), 1);

        *request.mutable_changed_since() = sent.revision();
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QCOMPARE(messages[0].tasks_size() + messages[0].removed_ids_size(), 0);
        QVERIFY(!messages[0].full() && messages[0].last());
    }

    void answersInFullWhereSinceIsNotKnown() {
        Bench bench;
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(3), sent)));
        std::vector<v1::RetrieveResponse> messages;
        auto request = weeks(0, 0);
        const std::pair<std::string, std::uint64_t> cases[] = {
            {"another epoch", sent.revision().number()},
            {FakeCore::kEpoch, sent.revision().number() + 100},
            {FakeCore::kEpoch, 0}};
        for (const auto& [epoch, number] : cases) {
            request.mutable_changed_since()->set_epoch(epoch);
            request.mutable_changed_since()->set_number(number);
            QVERIFY(isOk(bench.retrieve(request, messages)));
            QVERIFY(messages[0].full());
            QCOMPARE(messages[0].tasks_size(), 3);
        }
    }

    void leavesDeletedOutUnlessAsked() {
        Bench bench;
        v1::SendResponse sent;
        auto commands = newTasks(3);
        commands.push_back(command(v1::WHAT_DELETE, "{\"id\":\"" + idOf(2) + "\"}"));
        QVERIFY(isOk(bench.send(commands, sent)));
        std::vector<v1::RetrieveResponse> messages;
        auto request = weeks(0, 0);
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QCOMPARE(messages[0].tasks_size(), 2);
        request.set_include_deleted(true);
        QVERIFY(isOk(bench.retrieve(request, messages)));
        QCOMPARE(messages[0].tasks_size(), 3);
        QVERIFY(messages[0].tasks(1).deleted());
    }

    void saysWhichWeeksCouldNotBeRead() {
        Bench bench;
        bench.core.setOldest(*Week::parse("2026-W47"));
        std::vector<v1::RetrieveResponse> messages;
        QVERIFY(isOk(bench.retrieve(weeks(0, 2), messages)));
        QCOMPARE(messages.size(), std::size_t{3});
        QVERIFY(messages[0].complete() && messages[1].complete());
        QVERIFY(!messages[2].complete() && !messages[2].full() && messages[2].last());
        QCOMPARE(messages[2].incomplete_reason(), std::string("the datastore cannot be reached"));
    }

    void tellsTheStateFirst() {
        Bench bench;
        Context context;
        v1::Notification told;
        auto reader = bench.hashira->Subscribe(&context, {});
        QVERIFY(reader->Read(&told));
        QVERIFY(told.full());
        QCOMPARE(told.revision().number(), std::uint64_t{1});

        Context again;
        v1::SubscribeRequest request;
        *request.mutable_since() = told.revision();
        auto second = bench.hashira->Subscribe(&again, request);
        QVERIFY(second->Read(&told));
        QVERIFY(!told.full());
        QCOMPARE(told.weeks_size(), 0);

        const Week current = *Week::parse("2026-W48");
        bench.core.announce({Bucket{}, Bucket{current.index + 3}, Bucket{current.index - 2}});
        for (auto* stream : {reader.get(), second.get()}) {
            QVERIFY(stream->Read(&told));
            QVERIFY(!told.full());
            QCOMPARE(told.weeks_size(), 2);
            QCOMPARE(told.weeks(0), 0);
            QCOMPARE(told.weeks(1), 2);
            QCOMPARE(told.revision().number(), std::uint64_t{2});
        }
        context.TryCancel();
        again.TryCancel();
    }

    void mergesForASlowReader() {
        Bench bench;
        Context context;
        auto reader = bench.hashira->Subscribe(&context, {});
        v1::Notification told;
        QVERIFY(reader->Read(&told));
        constexpr int kNotices = 30'000;
        const Week current = *Week::parse("2026-W48");
        for (int i = 0; i < kNotices; ++i) bench.core.announce({Bucket{current.index - i % 50}});
        bench.core.drain();
        int messages = 0;
        std::set<int> weeksTold;
        while (told.revision().number() < kNotices + 1) {
            const auto before = static_cast<int>(told.revision().number());
            QVERIFY(reader->Read(&told));
            ++messages;
            weeksTold.insert(told.weeks().begin(), told.weeks().end());
            // Each message names the weeks of all the notices that it stands for.
            const int notices = static_cast<int>(told.revision().number()) - before;
            const std::set<int> weeks(told.weeks().begin(), told.weeks().end());
            for (int i = 0; i < std::min(notices, 50); ++i)
                QVERIFY2(weeks.count((before - 1 + i) % 50) == 1, qPrintable(QString::number(i)));
            QVERIFY(std::is_sorted(told.weeks().begin(), told.weeks().end()));
        }
        QCOMPARE(weeksTold.size(), std::size_t{50});
        QVERIFY2(messages < kNotices / 2, qPrintable(QString::number(messages)));
        context.TryCancel();
    }

    void watchesTheStatus() {
        Bench bench;
        Context context;
        auto reader = bench.daemon->WatchStatus(&context, {});
        v1::WatchStatusResponse response;
        QVERIFY(reader->Read(&response));
        QCOMPARE(response.status().pending(), std::uint64_t{0});
        QCOMPARE(response.status().weeks_kept(), 10);
        bench.core.setPending(0);  // equal: not told
        bench.core.setPending(5);
        QVERIFY(reader->Read(&response));
        QCOMPARE(response.status().pending(), std::uint64_t{5});
        context.TryCancel();
    }

    void answersTheDaemonsCalls_data() { bothTransports(); }
    void answersTheDaemonsCalls() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        const auto with = [&] { return std::make_unique<Context>(bench.token); };
        v1::GetStatusResponse status;
        QVERIFY(isOk(bench.daemon->GetStatus(with().get(), {}, &status)));
        QCOMPARE(status.status().connectivity(), v1::CONNECTIVITY_LOCAL_ONLY);
        QCOMPARE(status.status().warnings(0), std::string("a warning"));
        v1::PauseResponse paused;
        QVERIFY(isOk(bench.daemon->Pause(with().get(), {}, &paused)));
        QCOMPARE(paused.status().connectivity(), v1::CONNECTIVITY_PAUSED);
        QVERIFY(paused.status().paused_until().empty());
        v1::PauseRequest until;
        until.set_until("2199-01-01T01:00:00+01:00");
        QVERIFY(isOk(bench.daemon->Pause(with().get(), until, &paused)));
        QCOMPARE(paused.status().paused_until(), std::string("2199-01-01T00:00:00Z"));
        until.set_until("tomorrow");
        QCOMPARE(bench.daemon->Pause(with().get(), until, &paused).error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
        v1::ResumeResponse resumed;
        QVERIFY(isOk(bench.daemon->Resume(with().get(), {}, &resumed)));
        QCOMPARE(resumed.status().connectivity(), v1::CONNECTIVITY_LOCAL_ONLY);
        v1::SyncNowResponse synced;
        QCOMPARE(bench.daemon->SyncNow(with().get(), {}, &synced).error_code(),
                 grpc::StatusCode::FAILED_PRECONDITION);
        v1::RunDoctorResponse doctor;
        QVERIFY(isOk(bench.daemon->RunDoctor(with().get(), {}, &doctor)));
        QVERIFY(doctor.healthy() && doctor.weeks_compared() == 10);
        v1::SignInResponse in;
        QCOMPARE(bench.daemon->SignIn(with().get(), {}, &in).error_code(),
                 grpc::StatusCode::UNIMPLEMENTED);
        v1::SignOutResponse out;
        QCOMPARE(bench.daemon->SignOut(with().get(), {}, &out).error_code(),
                 grpc::StatusCode::UNIMPLEMENTED);
    }

    void endsWhereTheProcessCan_data() { bothTransports(); }
    void endsWhereTheProcessCan() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        v1::ShutdownResponse response;
        QCOMPARE(bench.daemon->Shutdown(std::make_unique<Context>(bench.token).get(), {}, &response)
                     .error_code(),
                 grpc::StatusCode::UNIMPLEMENTED);
        std::promise<void> asked;
        bench.server.reset();
        bench.settings.shutdown = [&] { asked.set_value(); };
        bench.start();
        QVERIFY(isOk(
            bench.daemon->Shutdown(std::make_unique<Context>(bench.token).get(), {}, &response)));
        QCOMPARE(response.process(),
                 static_cast<std::uint64_t>(QCoreApplication::applicationPid()));
        QCOMPARE(asked.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    }

    void dealsWithRejectedCommands() {
        Bench bench;
        front::RejectedCommand rejected;
        rejected.command = {kCommand, What::kUpdate, kTask, "{}", {}};
        rejected.reason = "too large";
        bench.core.setRejected({rejected});
        v1::ListRejectedResponse list;
        QVERIFY(isOk(bench.daemon->ListRejected(std::make_unique<Context>().get(), {}, &list)));
        QCOMPARE(list.commands_size(), 1);
        QCOMPARE(list.commands(0).command().id(), std::string(kCommand));
        QCOMPARE(list.commands(0).command().what(), v1::WHAT_UPDATE);
        QCOMPARE(list.commands(0).reason(), std::string("too large"));
        v1::RetryRejectedRequest retry;
        v1::RetryRejectedResponse retried;
        retry.set_command_id("milk");
        QCOMPARE(bench.daemon->RetryRejected(std::make_unique<Context>().get(), retry, &retried)
                     .error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
        retry.set_command_id(kCommand);
        QVERIFY(
            isOk(bench.daemon->RetryRejected(std::make_unique<Context>().get(), retry, &retried)));
        QCOMPARE(retried.receipt().number(), std::uint64_t{77});
        v1::DiscardRejectedRequest discard;
        v1::DiscardRejectedResponse discarded;
        discard.set_command_id(kCommand);
        QCOMPARE(
            bench.daemon->DiscardRejected(std::make_unique<Context>().get(), discard, &discarded)
                .error_code(),
            grpc::StatusCode::NOT_FOUND);
    }

    void waitsForALevel() {
        Bench bench;
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, "{\"name\":\"a\"}", kCommand)}, sent)));
        v1::WaitForRequest request;
        request.set_command_id(kCommand);
        v1::WaitForResponse response;
        QCOMPARE(bench.daemon->WaitFor(std::make_unique<Context>().get(), request, &response)
                     .error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
        request.set_level(v1::LEVEL_VISIBLE);
        auto waiting = std::async(std::launch::async, [&] {
            Context context;
            return bench.daemon->WaitFor(&context, request, &response);
        });
        QVERIFY(bench.core.waitForWaits(1));
        bench.core.reach(kCommand, front::Level::kApplied);
        bench.core.drain();
        QCOMPARE(bench.core.waits(), std::size_t{1});
        bench.core.reach(kCommand, front::Level::kVisible);
        QVERIFY(isOk(waiting.get()));
        QCOMPARE(response.receipt().level(), v1::LEVEL_VISIBLE);
    }

    void forgetsWaitsOfCallersThatLeft() {
        Bench bench;
        v1::WaitForRequest request;
        request.set_command_id(kCommand);
        request.set_level(v1::LEVEL_APPLIED);
        v1::WaitForResponse response;
        Context cancelled;
        auto waiting = std::async(std::launch::async, [&] {
            return bench.daemon->WaitFor(&cancelled, request, &response);
        });
        QVERIFY(bench.core.waitForWaits(1));
        cancelled.TryCancel();
        QCOMPARE(waiting.get().error_code(), grpc::StatusCode::CANCELLED);
        QVERIFY(bench.core.waitForWaits(0));
        Context late({}, 1);
        QCOMPARE(bench.daemon->WaitFor(&late, request, &response).error_code(),
                 grpc::StatusCode::DEADLINE_EXCEEDED);
        QVERIFY(bench.core.waitForWaits(0));
    }

    void manyCallersComeAndGo() {
        Bench bench;
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(newTasks(300, 1'000), sent)));
        std::atomic<bool> stop = false;
        std::thread changes([&] {
            while (!stop) {
                bench.core.announce({Bucket{}});
                bench.core.drain();
            }
        });
        std::vector<std::thread> callers;
        for (int caller = 0; caller < 4; ++caller)
            callers.emplace_back([&, caller] {
                for (int i = 0; i < 150; ++i) {
                    Context context;
                    v1::Notification told;
                    v1::RetrieveResponse message;
                    auto subscription = bench.hashira->Subscribe(&context, {});
                    for (int n = 0; n < (i + caller) % 4; ++n) subscription->Read(&told);
                    Context other;
                    auto week = bench.hashira->Retrieve(&other, weeks(0, 3));
                    if (i % 3 != 0) week->Read(&message);
                    other.TryCancel();
                    context.TryCancel();
                }
            });
        for (std::thread& caller : callers) caller.join();
        stop = true;
        changes.join();
        v1::GetStatusResponse status;
        QVERIFY(isOk(bench.daemon->GetStatus(std::make_unique<Context>().get(), {}, &status)));
    }

    void everyCallNeedsTheToken_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("request");
        QTest::newRow("unary raw") << QByteArray("/hashira.v1.Hashira/Send") << QByteArray();
        QTest::newRow("unary") << QByteArray("/hashira.v1.Daemon/GetStatus") << QByteArray();
        QTest::newRow("stream raw") << QByteArray("/hashira.v1.Hashira/Retrieve") << QByteArray();
        QTest::newRow("stream") << QByteArray("/hashira.v1.Hashira/Subscribe") << QByteArray();
        QTest::newRow("health") << QByteArray("/grpc.health.v1.Health/Check") << QByteArray();
        QTest::newRow("health watch") << QByteArray("/grpc.health.v1.Health/Watch") << QByteArray();
        QTest::newRow("reflection")
            << QByteArray("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            << QByteArray("\x3a\0", 2);
    }
    void everyCallNeedsTheToken() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, request);
        Bench bench(true);
        const std::string wrong(bench.token.size(), '0');
        for (const std::string& token : {std::string(), wrong, bench.token.substr(1)}) {
            RawCall call(bench.channel, method.toStdString(), request.toStdString(), token);
            QVERIFY(!call.read());
            const auto status = call.finish();
            QCOMPARE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
            QVERIFY(status.error_message().find("local-token") != std::string::npos);
        }
        RawCall call(bench.channel, method.toStdString(), request.toStdString(), bench.token);
        QVERIFY(call.read());
    }

    void theTokenIsPrivateAndFresh() {
        Bench bench(true);
        QCOMPARE(bench.token.size(), std::size_t{64});
        QCOMPARE(modeOf(bench.settings.tokenFile), mode_t{0600});
        const std::string old = bench.token;
        bench.server.reset();
        bench.start();
        QVERIFY(bench.token != old);
        QVERIFY(bench.server->endpoint().port != 0);
    }

    void aTakenPortIsRefused() {
        Bench bench(true);
        rpc::ServerSettings settings = bench.settings;
        settings.endpoint = bench.server->endpoint();
        settings.tokenFile += "2";
        const auto second = Server::start(settings, bench.core);
        QVERIFY(!second);
        QVERIFY(second.error().message.find("in use") != std::string::npos);
    }

    void healthAndReflection_data() { bothTransports(); }
    void healthAndReflection() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        for (const std::string service : {"", "hashira.v1.Hashira", "hashira.v1.Daemon"}) {
            const std::string request =
                service.empty()
                    ? ""
                    : "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
            RawCall call(bench.channel, "/grpc.health.v1.Health/Check", request, bench.token);
            const auto answer = call.read();
            QVERIFY(answer);
            QCOMPARE(*answer, std::string("\x08\x01"));
        }
        RawCall list(bench.channel,
                     "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                     std::string("\x3a\0", 2), bench.token);
        const auto names = list.read();
        QVERIFY(names);
        QVERIFY(names->find("hashira.v1.Hashira") != std::string::npos);
        QVERIFY(names->find("hashira.v1.Daemon") != std::string::npos);
    }

    void theSocketIsPrivate() {
        Bench bench;
        const std::string path = bench.settings.endpoint.path;
        QCOMPARE(modeOf(path), mode_t{0600});
        QCOMPARE(modeOf(path.substr(0, path.rfind('/'))), mode_t{0700});
        bench.server->stop(0);
        QVERIFY(!exists(path));
    }

    void otherUsersAreCutOff() {
        if (::geteuid() != 0) QSKIP("only root can become somebody else");
        Bench bench;
        const std::string path = bench.settings.endpoint.path;
        // Take the file system's protection away: what is left is the check of the peer.
        ::chmod(path.c_str(), 0666);
        for (std::string up = path; up.rfind('/') != 0;) {
            up.resize(up.rfind('/'));
            if (up.size() >= static_cast<std::size_t>(bench.directory.path().size()))
                ::chmod(up.c_str(), 0755);
        }
        const auto readFirst = [&](uid_t user) {
            const pid_t child = ::fork();
            if (child == 0) {
                sockaddr_un address{};
                address.sun_family = AF_UNIX;
                path.copy(address.sun_path, sizeof address.sun_path - 1);
                char byte = 0;
                if (user != 0 && ::setresuid(user, user, user) != 0) ::_exit(9);
                const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
                ::alarm(20);
                if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
                    ::_exit(8);
                // gRPC speaks first: a server sends its settings at once.
                ::_exit(::read(fd, &byte, 1) == 1 ? 1 : 0);
            }
            int status = 0;
            ::waitpid(child, &status, 0);
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        };
        QCOMPARE(readFirst(0), 1);
        QCOMPARE(readFirst(65'534), 0);
    }

    void replacesADeadSocket() {
        Bench bench;
        const std::string path = bench.settings.endpoint.path;
        bench.server.reset();
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        QCOMPARE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ::close(fd);
        QVERIFY(exists(path));
        bench.start();
        v1::GetStatusResponse status;
        QVERIFY(isOk(bench.daemon->GetStatus(std::make_unique<Context>().get(), {}, &status)));
    }

    void leavesAnothersSocketAlone() {
        Bench bench;
        const std::string path = bench.settings.endpoint.path;
        ::unlink(path.c_str());
        QFile other(QString::fromStdString(path));
        QVERIFY(other.open(QIODevice::WriteOnly));
        bench.server->stop(0);
        QVERIFY(exists(path));
    }

    void saysWhyItCannotListen() {
        FakeCore core;
        QTemporaryDir directory;
        const std::string base = directory.path().toStdString();
        const auto messageOf = [&](const std::string& path) {
            rpc::ServerSettings settings;
            settings.endpoint.path = path;
            const auto server = Server::start(settings, core);
            return server ? std::string("started") : server.error().message;
        };
        QFile file(directory.path() + QStringLiteral("/plain"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(messageOf(base + "/plain").find("is not a socket") != std::string::npos);
        QVERIFY(exists(base + "/plain"));
        QVERIFY(messageOf(base + "/a/b/c.sock").find("does not exist") != std::string::npos);
        QVERIFY(messageOf(base + "/plain/c.sock").find("is not a directory") != std::string::npos);
        QVERIFY(messageOf(base + "/" + std::string(107, 'x')).find("at most 107") !=
                std::string::npos);
        ::chmod(base.c_str(), 0777);
        QVERIFY(messageOf(base + "/d.sock").find("other users") != std::string::npos);
    }

    void parsesEndpoints() {
        for (const char* text :
             {"unix:/run/x.sock", "tcp:127.0.0.1:0", "tcp:127.8.0.1:65535", "tcp:[::1]:80"}) {
            const auto endpoint = Endpoint::parse(text);
            QVERIFY2(endpoint, text);
            QCOMPARE(endpoint->text(), std::string(text));
        }
        for (const char* text :
             {"", "unix:", "/run/x.sock", "tcp:", "tcp:127.0.0.1",
              "tcp:127.0.0.1:", "tcp:0.0.0.0:80", "tcp:127.0.0.1:65536", "tcp:127.0.0.1:-1",
              "tcp:[::]:80", "tcp:example.org:80", "tcp:127.0.0.1.evil.org:80", "tcp:127.0.0:80",
              "tcp:127.0.0.256:80"})
            QVERIFY2(!Endpoint::parse(text), text);
    }

    void stopsWithOpenStreams_data() { bothTransports(); }
    void stopsWithOpenStreams() {
        QFETCH(bool, tcp);
        Bench bench(tcp);
        Context subscribing(bench.token);
        Context watching(bench.token);
        Context waiting(bench.token);
        v1::Notification told;
        v1::WatchStatusResponse state;
        auto subscription = bench.hashira->Subscribe(&subscribing, {});
        auto watch = bench.daemon->WatchStatus(&watching, {});
        QVERIFY(subscription->Read(&told) && watch->Read(&state));
        RawCall health(bench.channel, "/grpc.health.v1.Health/Watch", "", bench.token);
        QVERIFY(health.read());
        const auto idle = bench.connect();
        QVERIFY(
            idle->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)));
        v1::WaitForRequest request;
        request.set_command_id(kCommand);
        request.set_level(v1::LEVEL_APPLIED);
        v1::WaitForResponse response;
        auto wait = std::async(std::launch::async,
                               [&] { return bench.daemon->WaitFor(&waiting, request, &response); });
        QVERIFY(bench.core.waitForWaits(1));

        QElapsedTimer timer;
        timer.start();
        bench.server->stop(20'000);
        // Nothing is under way that could finish: the grace is not used up.
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(!subscription->Read(&told));
        QCOMPARE(subscription->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
        QVERIFY(!watch->Read(&state));
        QCOMPARE(watch->Finish().error_message(), std::string("the daemon is stopping"));
        QCOMPARE(wait.get().error_code(), grpc::StatusCode::UNAVAILABLE);
        QVERIFY(bench.core.waitForWaits(0));
    }

    void stopLetsCallsFinishWithinItsGrace() {
        Bench bench;
        bench.core.hold(true);
        v1::SendResponse sent;
        auto sending =
            std::async(std::launch::async, [&] { return bench.send(newTasks(1), sent); });
        while (bench.core.shelf()->revision.number < 2) bench.core.drain();
        auto stopping = std::async(std::launch::async, [&] { bench.server->stop(20'000); });
        // The listener is closed before the calls are waited for.
        while (exists(bench.settings.endpoint.path)) bench.core.drain();
        bench.core.hold(false);
        QVERIFY(isOk(sending.get()));
        stopping.get();
    }

    void stopCutsOffWhatTakesTooLong() {
        Bench bench;
        bench.core.hold(true);
        v1::SendResponse sent;
        auto sending =
            std::async(std::launch::async, [&] { return bench.send(newTasks(1), sent); });
        while (bench.core.shelf()->revision.number < 2) bench.core.drain();
        QElapsedTimer timer;
        timer.start();
        bench.server->stop(200);
        QVERIFY(timer.elapsed() < 10'000);
        QCOMPARE(sending.get().error_code(), grpc::StatusCode::UNAVAILABLE);
        bench.core.hold(false);  // the late reply has no effect
        bench.core.drain();
    }
};

QTEST_GUILESS_MAIN(RpcTest)
#include "rpc_test.moc"

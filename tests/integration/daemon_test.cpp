// SPDX-License-Identifier: MIT
#include "support/daemon_bench.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

// The whole daemon in this process, as its front ends see it: over gRPC, on files.

using namespace hashira;
using hashira::test::CallContext;
using hashira::test::command;
using hashira::test::DaemonBench;
using hashira::test::idOf;

namespace {

constexpr int kThreads = 64;
constexpr int kSendsOfEach = 20;

bool isOk(const Status& status) {
    if (!status) qWarning("%s", status.error().message.c_str());
    return status.ok();
}

bool isOk(const grpc::Status& status) {
    if (!status.ok()) qWarning("%d %s", status.error_code(), status.error_message().c_str());
    return status.ok();
}

std::string newTask(int id, const std::string& more = {}) {
    return "{\"id\":\"" + idOf(id) + "\",\"name\":\"t" + std::to_string(id) + "\"" + more + "}";
}

QByteArray contentOf(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool overwrite(const std::string& path, const QByteArray& content) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) &&
           file.write(content) == content.size();
}

bool execute(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    const bool done = sqlite3_open(path.c_str(), &handle) == SQLITE_OK &&
                      sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(handle);
    return done;
}

}  // namespace

class DaemonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsSentIsRetrieved() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, sent)));
        QCOMPARE(sent.receipts_size(), 1);
        QCOMPARE(sent.receipts(0).task_id(), idOf(1));
        QCOMPARE(sent.receipts(0).level(), v1::LEVEL_DURABLE);
        QCOMPARE(sent.receipts(0).number(), std::uint64_t{1});
        const auto tasks = bench.tasks();
        QCOMPARE(tasks.size(), std::size_t{1});
        QCOMPARE(tasks[0].name(), std::string("t1"));
        QCOMPARE(tasks[0].place(), v1::PLACE_BACKLOG);
        QVERIFY(tasks[0].has_created());
        QVERIFY(!tasks[0].rank().empty());
        QCOMPARE(bench.status().connectivity(), v1::CONNECTIVITY_LOCAL_ONLY);
        QCOMPARE(bench.status().pending(), std::uint64_t{1});
    }

    void sendingAgainHasOneEffect() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse first;
        v1::SendResponse second;
        const std::vector<v1::Command> commands{
            command(v1::WHAT_NEW, R"({"name":"milk"})", idOf(101)),
            command(v1::WHAT_NEW, R"({"name":"bread"})", idOf(102))};
        QVERIFY(isOk(bench.send(commands, first)));
        QVERIFY(isOk(bench.send(commands, second)));
        QCOMPARE(second.receipts_size(), 2);
        for (int i = 0; i < 2; ++i)
            QCOMPARE(second.receipts(i).SerializeAsString(), first.receipts(i).SerializeAsString());
        QCOMPARE(bench.names(), std::string("milk bread"));
        QCOMPARE(bench.status().pending(), std::uint64_t{2});
    }

    void oneBadCommandRefusesAll() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        auto status = bench.send({command(v1::WHAT_NEW, newTask(1)),
                                  command(v1::WHAT_UPDATE, newTask(1, R"(,"place":"cellar")"))},
                                 sent);
        QCOMPARE(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QVERIFY(status.error_message().rfind("commands[1]: place", 0) == 0);
        // This one is only found out in the middle of the transaction.
        status = bench.send({command(v1::WHAT_NEW, newTask(2)),
                             command(v1::WHAT_NEW, newTask(3, ",\"before\":\"" + idOf(99) + "\""))},
                            sent);
        QCOMPARE(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QVERIFY(status.error_message().rfind("commands[1]: before", 0) == 0);
        QCOMPARE(bench.tasks().size(), std::size_t{0});
        QCOMPARE(bench.status().pending(), std::uint64_t{0});
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(2))}, sent)));
        QCOMPARE(sent.receipts(0).number(), std::uint64_t{1});
    }

    void manyCallersAtOnceLoseNothing() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        std::vector<std::vector<std::uint64_t>> numbers(kThreads);
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < kSendsOfEach; ++i) {
                    v1::SendResponse sent;
                    const auto task = newTask(1 + thread * kSendsOfEach + i);
                    if (bench.send({command(v1::WHAT_NEW, task)}, sent).ok())
                        numbers[static_cast<std::size_t>(thread)].push_back(
                            sent.receipts(0).number());
                    else
                        ++failures;
                }
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(failures.load(), 0);
        std::set<std::uint64_t> all;
        for (const auto& own : numbers) {
            QVERIFY(std::is_sorted(own.begin(), own.end()));
            all.insert(own.begin(), own.end());
        }
        const std::size_t count = kThreads * kSendsOfEach;
        QCOMPARE(all.size(), count);
        QCOMPARE(*all.begin(), std::uint64_t{1});
        QCOMPARE(*all.rbegin(), std::uint64_t{count});
        std::set<std::string> ids;
        for (const v1::Task& task : bench.tasks()) ids.insert(task.id());
        QCOMPARE(ids.size(), count);
        QCOMPARE(bench.status().pending(), std::uint64_t{count});
    }

    void subscribersAreTold() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        CallContext context;
        const auto stream = bench.hashira->Subscribe(&context, {});
        v1::Notification first;
        QVERIFY(stream->Read(&first));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, sent)));
        v1::Notification told;
        QVERIFY(stream->Read(&told));
        QCOMPARE(told.revision().epoch(), first.revision().epoch());
        QCOMPARE(told.revision().number(), sent.revision().number());
        QVERIFY(told.revision().number() > first.revision().number());
        QCOMPARE(told.weeks_size(), 1);
        QCOMPARE(told.weeks(0), 0);
        bench.stop();  // ends the stream, and does not wait for the subscriber
        QVERIFY(!stream->Read(&told));
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    }

    void changesSinceARevision() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(
            {command(v1::WHAT_NEW, newTask(1)), command(v1::WHAT_NEW, newTask(2))}, sent)));
        QCOMPARE(bench.tasks().size(), std::size_t{2});
        v1::RetrieveRequest request;
        *request.mutable_changed_since() = sent.revision();
        QVERIFY(isOk(bench.send({command(v1::WHAT_UPDATE, newTask(2, R"(,"note":"n")"))}, sent)));
        CallContext context;
        const auto reader = bench.hashira->Retrieve(&context, request);
        v1::RetrieveResponse message;
        QVERIFY(reader->Read(&message));
        QVERIFY(!message.full());
        QCOMPARE(message.tasks_size(), 1);
        QCOMPARE(message.tasks(0).note(), std::string("n"));
        QVERIFY(!reader->Read(&message));
        QVERIFY(isOk(reader->Finish()));
    }

    void aRestartKeepsAllAndTurnsTheEpoch() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse before;
        v1::SendResponse after;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, before)));
        const std::string kept = bench.tasks()[0].SerializeAsString();
        bench.stop();
        QVERIFY(!QFile::exists(QString::fromStdString(bench.path("run/daemon.sock"))));
        QVERIFY(isOk(bench.start()));
        QCOMPARE(bench.tasks()[0].SerializeAsString(), kept);
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(2))}, after)));
        QCOMPARE(after.receipts(0).number(), std::uint64_t{2});
        QVERIFY(before.revision().epoch() != after.revision().epoch());
    }

    void aSecondDaemonIsRefused() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        daemon::Settings second = bench.settings;
        second.listen = "unix:" + bench.path("other/daemon.sock");
        auto refused = daemon::Daemon::start(second, bench.clock);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kBusy);
        const std::string pid = "process " + std::to_string(::getpid());
        QVERIFY(refused.error().message.find(pid) != std::string::npos);
        // Of another directory, but on our socket.
        second = bench.settings;
        second.dataDir = bench.path("elsewhere");
        refused = daemon::Daemon::start(second, bench.clock);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kBusy);
        QVERIFY(refused.error().message.find(bench.settings.listen) != std::string::npos);
        QCOMPARE(bench.status().data_dir(), bench.settings.dataDir);
        bench.stop();
        QVERIFY(isOk(bench.start()));
    }

    void ranksGiveTheOrderAsked() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(
            isOk(bench.send({command(v1::WHAT_NEW, newTask(1)), command(v1::WHAT_NEW, newTask(2)),
                             command(v1::WHAT_NEW, newTask(3))},
                            sent)));
        QCOMPARE(bench.names(), std::string("t1 t2 t3"));
        const auto place = [&](int id, const char* side, int other) {
            return command(v1::WHAT_UPDATE, "{\"id\":\"" + idOf(id) + "\",\"" + side + "\":\"" +
                                                idOf(other) + "\"}");
        };
        QVERIFY(isOk(bench.send({place(3, "before", 1)}, sent)));
        QCOMPARE(bench.names(), std::string("t3 t1 t2"));
        QVERIFY(isOk(bench.send({place(3, "after", 2)}, sent)));
        QCOMPARE(bench.names(), std::string("t1 t2 t3"));
        QVERIFY(isOk(bench.send({place(2, "after", 3), place(1, "after", 3)}, sent)));
        QCOMPARE(bench.names(), std::string("t3 t1 t2"));
    }

    void betweenEqualRanksThereIsRoom() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        std::vector<v1::Command> equal;
        for (int id = 1; id <= 3; ++id)
            equal.push_back(command(v1::WHAT_NEW, newTask(id, R"(,"rank":"V")")));
        equal.push_back(command(v1::WHAT_NEW, newTask(4)));
        QVERIFY(isOk(bench.send(equal, sent)));
        QVERIFY(isOk(bench.send({command(v1::WHAT_UPDATE, "{\"id\":\"" + idOf(4) +
                                                              "\",\"after\":\"" + idOf(1) + "\"}")},
                                sent)));
        const std::string names = bench.names();
        QVERIFY2(names.find("t1 t4") != std::string::npos, names.c_str());
        QVERIFY2(names.find("t2 t3") != std::string::npos, names.c_str());
        QVERIFY(
            isOk(bench.send({command(v1::WHAT_UPDATE, "{\"id\":\"" + idOf(4) + "\",\"before\":\"" +
                                                          idOf(3) + "\"}")},
                            sent)));
        QCOMPARE(bench.names(), std::string("t1 t2 t4 t3"));
    }

    void placesFillInTheirMoments() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        const auto move = [&](const char* place) {
            return bench.send({command(v1::WHAT_UPDATE,
                                       "{\"id\":\"" + idOf(1) + "\",\"place\":\"" + place + "\"}")},
                              sent);
        };
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, sent)));
        QVERIFY(!bench.tasks()[0].has_started());
        QVERIFY(isOk(move("doing")));
        const std::string started = bench.tasks()[0].started();
        QVERIFY(!started.empty());
        QVERIFY(!bench.tasks()[0].has_done());
        QVERIFY(isOk(move("done")));
        QVERIFY(bench.tasks()[0].has_done());
        QCOMPARE(bench.tasks()[0].started(), started);
        QCOMPARE(bench.tasks()[0].place(), v1::PLACE_DONE);
        QVERIFY(isOk(move("todo")));
        QVERIFY(!bench.tasks()[0].has_done());
    }

    void unknownFieldsAreKept() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send(
            {command(v1::WHAT_NEW, newTask(1, R"(,"x-mood":{"b":[1,2.50,"é"],"a":null})"))},
            sent)));
        const std::string extra = bench.tasks()[0].extra_json();
        const auto object = QJsonDocument::fromJson(QByteArray::fromStdString(extra)).object();
        const auto mood = QJsonDocument::fromJson(R"({"b":[1,2.50,"é"],"a":null})").object();
        QCOMPARE(object.keys(), QStringList{QStringLiteral("x-mood")});
        QCOMPARE(object.value(QStringLiteral("x-mood")).toObject(), mood);
        QVERIFY(isOk(bench.send({command(v1::WHAT_UPDATE, newTask(1, R"(,"note":"n")"))}, sent)));
        QCOMPARE(bench.tasks()[0].extra_json(), extra);
    }

    void aDamagedDocumentStoreIsRebuilt() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        std::vector<v1::Command> commands;
        for (int id = 1; id <= 200; ++id) commands.push_back(command(v1::WHAT_NEW, newTask(id)));
        QVERIFY(isOk(bench.send(commands, sent)));
        const auto before = bench.tasks();
        bench.stop();
        const QByteArray garbage(100'000, 'g');
        QVERIFY(overwrite(bench.path("data/documents.db"), garbage));
        QVERIFY(isOk(bench.start()));
        const auto after = bench.tasks();
        QCOMPARE(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i)
            QCOMPARE(after[i].SerializeAsString(), before[i].SerializeAsString());
        QCOMPARE(bench.status().warnings_size(), 1);
        QVERIFY(bench.status().warnings(0).find("set aside") != std::string::npos);
        const QDir data(QString::fromStdString(bench.settings.dataDir));
        const auto aside = data.entryList({QStringLiteral("documents.db.damaged-*")});
        QCOMPARE(aside.size(), 1);
        QCOMPARE(contentOf(data.filePath(aside[0]).toStdString()), garbage);
    }

    void aDamagedOutboxIsLeftAlone() {
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        bench.stop();
        const QByteArray garbage(100'000, 'g');
        QVERIFY(overwrite(bench.path("data/outbox.db"), garbage));
        const Status refused = bench.start();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kCorrupt);
        QVERIFY(refused.error().message.find("salvage") != std::string::npos);
        QCOMPARE(contentOf(bench.path("data/outbox.db")), garbage);
    }

    void aNewerFileIsRefusedAndUntouched_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("ours");
        QTest::newRow("outbox") << QByteArray("data/outbox.db")
                                << QByteArray("PRAGMA user_version=2");
        QTest::newRow("documents")
            << QByteArray("data/documents.db") << QByteArray("PRAGMA user_version=1");
    }
    void aNewerFileIsRefusedAndUntouched() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, ours);
        DaemonBench bench;
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, sent)));
        bench.stop();
        const std::string path = bench.path(file.constData());
        QVERIFY(execute(path, "PRAGMA user_version=99"));
        const QByteArray content = contentOf(path);
        QVERIFY(!content.isEmpty());
        const Status refused = bench.start();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kNewer);
        QVERIFY(refused.error().message.find(path) != std::string::npos);
        QCOMPARE(contentOf(path), content);
        // The lock is free again, and a file of ours is taken.
        QVERIFY(execute(path, ours.constData()));
        QVERIFY(isOk(bench.start()));
        QCOMPARE(bench.names(), std::string("t1"));
    }

    void aDatastoreOutOfReachDelaysNothing() {
        DaemonBench bench;
        bench.settings.datastore = "hashira+plaintext://127.0.0.1:1";
        bench.settings.token = "none";
        QVERIFY(isOk(bench.start()));
        v1::SendResponse sent;
        QVERIFY(isOk(bench.send({command(v1::WHAT_NEW, newTask(1))}, sent)));
        CallContext context;
        const auto watch = bench.control->WatchStatus(&context, {});
        v1::WatchStatusResponse seen;
        while (watch->Read(&seen) && seen.status().connectivity() != v1::CONNECTIVITY_OFFLINE) {
        }
        QCOMPARE(seen.status().connectivity(), v1::CONNECTIVITY_OFFLINE);
        QCOMPARE(seen.status().waiting_for(), v1::WAITING_FOR_NETWORK);
        QVERIFY(!seen.status().last_error().empty());
        QCOMPARE(seen.status().pending(), std::uint64_t{1});
    }
};

QTEST_GUILESS_MAIN(DaemonTest)
#include "daemon_test.moc"

// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/accounts.h"
#include "datastore/service.h"
#include "datastore/sql_repository.h"
#include "remote/link.h"
#include "support/postgresql_fixture.h"

#include <QCoreApplication>
#include <QtTest>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A datastore in the test's own process, and what is called on it over its real link.
namespace hashira::test {

namespace accounts = datastore::accounts;

/// A datastore in this process with one account, on a port of the system's choice.
struct Fixture {
    SystemClock clock;
    SystemRandom random;
    datastore::DatabaseUrl url;
    std::unique_ptr<datastore::SqlDatabase> admin;
    std::string account;
    std::string token;
    std::unique_ptr<datastore::Server> server;
    datastore::Endpoint endpoint{"127.0.0.1", 0};

    explicit Fixture(test::Databases& databases) : url(databases.make()) {
        admin = std::move(*datastore::SqlDatabase::open(url));
        account = *accounts::add(*admin, "me", {}, clock, random);
        token = *accounts::newToken(*admin, "me", clock, random);
        start();
    }
    /// The first start chooses the port; later ones take it again.
    void start() {
        auto started = datastore::Server::start({endpoint, url, "9.9"}, clock);
        if (!started) qFatal("%s", started.error().message.c_str());
        server = std::move(*started);
        endpoint = server->endpoint();
    }
    std::unique_ptr<remote::Link> link(const std::string& withToken) const {
        const auto parsed = remote::DatastoreUrl::parse("hashira+plaintext://" + endpoint.target());
        return remote::makeGrpcLink({*parsed, withToken, {}}, [](std::function<void()> function) {
            QMetaObject::invokeMethod(qApp, function, Qt::QueuedConnection);
        });
    }
    std::unique_ptr<remote::Link> link() const { return link(token); }
};

/// What a watch has told so far.
struct Watched {
    std::vector<sync::Hello> hellos;
    std::vector<std::uint64_t> versions;
    std::vector<Error> ends;
    remote::WatchHandlers handlers() {
        return {[this](sync::Hello hello) { hellos.push_back(std::move(hello)); },
                [this](std::uint64_t version) { versions.push_back(version); },
                [this](Error error) { ends.push_back(std::move(error)); }};
    }
};

struct Fetched {
    std::vector<sync::Chunk> chunks;
    remote::Next next;
    std::optional<Result<remote::FetchEnd>> end;
    bool goesOn = true;
    remote::FetchHandlers handlers() {
        return {[this](sync::Chunk chunk, remote::Next more) {
                    chunks.push_back(std::move(chunk));
                    next = std::move(more);
                    if (goesOn) next(true);
                },
                [this](Result<remote::FetchEnd> result) { end = std::move(result); }};
    }
};

inline sync::NumberedCommand numbered(std::uint64_t number, const std::string& payload, What what,
                                      Stamp stamp) {
    sync::NumberedCommand result;
    result.number = number;
    result.command = {
        QString::asprintf("00000000-0000-4000-8000-%012d", static_cast<int>(number)).toStdString(),
        what,
        {},
        payload,
        std::move(stamp)};
    return result;
}

inline std::string taskId(int n) {
    return QString::asprintf("00000000-0000-7000-8000-%012d", n).toStdString();
}

inline sync::NumberedCommand named(std::uint64_t number, const std::string& name, int task = 1) {
    return numbered(number, R"({"id":")" + taskId(task) + R"(","name":")" + name + "\"}",
                    What::kNew, {SystemClock().nowMs(), 0, "d1"});
}

/// Applies over the link and waits for the answer.
inline Result<sync::ApplyResponse> applied(remote::Link& link, sync::ApplyRequest request) {
    std::optional<Result<sync::ApplyResponse>> answer;
    link.apply(std::move(request), [&](auto result) { answer = std::move(result); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000))
        return Error{ErrorCode::kInternal, "no answer"};
    return *answer;
}

}  // namespace hashira::test

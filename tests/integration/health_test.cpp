// SPDX-License-Identifier: MIT
#include "datastore/service_health.h"

#include <QTest>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <future>

using namespace hashira;
using datastore::Health;

namespace {

/// A server with nothing but health, asked over gRPC.
class Rig {
public:
    Rig() {
        grpc::EnableDefaultHealthCheckService(true);
        grpc::ServerBuilder builder;
        // gRPC starts no server that has no service of its own.
        builder.RegisterCallbackGenericService(&m_others);
        m_server = builder.BuildAndStart();
        health.attach(*m_server, metrics);
    }
    ~Rig() {
        health.detach();
        m_server->Shutdown();
    }

    /// "SERVING", "NOT_SERVING", or the status of the call.
    std::string asked(const std::string& service) const {
        const std::string request =
            service.empty() ? ""
                            : "\n" + std::string(1, static_cast<char>(service.size())) + service;
        const grpc::Slice slice(request);
        const grpc::ByteBuffer sent(&slice, 1);
        grpc::ByteBuffer answer;
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
        grpc::GenericStub stub(m_server->InProcessChannel({}));
        std::promise<grpc::Status> done;
        stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &sent, &answer,
                       [&](const grpc::Status& status) { done.set_value(status); });
        const grpc::Status status = done.get_future().get();
        if (!status.ok()) return std::to_string(status.error_code());
        grpc::Slice whole;
        if (!answer.DumpToSingleSlice(&whole).ok() || whole.size() != 2) return "garbled";
        return whole.begin()[1] == 1 ? "SERVING" : "NOT_SERVING";
    }
    void is(const char* wanted) const {
        for (const char* service : {"", "hashira.v1.Datastore"})
            QCOMPARE(asked(service), std::string(wanted));
        QCOMPARE(metrics.serving.value(), std::int64_t(std::string(wanted) == "SERVING"));
    }

    datastore::Metrics metrics;
    Log log;
    Health health{log};

private:
    grpc::CallbackGenericService m_others;
    std::unique_ptr<grpc::Server> m_server;
};

}  // namespace

class HealthTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDatabaseThatIsGoneForLong() {
        Rig rig;
        const Status gone = Error{ErrorCode::kUnavailable, "no connection"};
        rig.is("SERVING");
        rig.health.database(gone, 1'000);
        rig.is("SERVING");
        rig.health.database(gone, 1'000 + Health::kDatabaseGoneMs - 1);
        rig.is("SERVING");
        rig.health.database(gone, 1'000 + Health::kDatabaseGoneMs);
        rig.is("NOT_SERVING");
        rig.health.database({}, 60'000);
        rig.is("SERVING");
        // It counts from the first failure since it was there.
        rig.health.database(gone, 61'000);
        rig.is("SERVING");
    }

    void aDrainIsForGood() {
        Rig rig;
        rig.health.drain();
        rig.is("NOT_SERVING");
        rig.health.database({}, 1'000);
        rig.is("NOT_SERVING");
        QCOMPARE(rig.asked("a.b"), std::to_string(grpc::StatusCode::NOT_FOUND));
    }

    void nothingIsToldAfterTheServer() {
        Log log;
        Health health(log);
        health.database(Error{ErrorCode::kUnavailable, "gone"}, 1);
        health.database(Error{ErrorCode::kUnavailable, "gone"}, 1 + Health::kDatabaseGoneMs);
        health.drain();
        health.detach();
    }
};

QTEST_GUILESS_MAIN(HealthTest)
#include "health_test.moc"

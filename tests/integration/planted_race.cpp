// SPDX-License-Identifier: MIT
//
// Real races, planted between the threads of a real local server, for race_test.py: does
// ThreadSanitizer see them through gRPC and Qt, which are not instrumented? And is it silent where
// the same accesses are ordered?
#include "rpc/server.h"
#include "support/fake_core.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <hashira/v1/hashira.grpc.pb.h>

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace hashira;

namespace {

constexpr int kCallers = 3;
constexpr int kCalls = 200;  ///< of each

enum class Mode {
    kHandlers,  ///< handlers of two calls
    kCore,      ///< a handler and the core's thread
    kTimer,     ///< a handler and a QTimer of the main thread
    kHandOver,  ///< one thread still writes to what it has handed over to the main thread
    kOrdered    ///< all of these, ordered by a lock or by the hand-over itself: nothing to report
};

int g_touched = 0;
std::mutex g_mutex;

[[gnu::noinline]] void plantedRace() {
    ++g_touched;
}

void touch(bool ordered) {
    if (!ordered) return plantedRace();
    const std::lock_guard lock(g_mutex);
    plantedRace();
}

/// Something of the main thread that can be woken.
class Desk final : public QObject {
public:
    explicit Desk(std::function<void()> woken) : m_woken(std::move(woken)) {}
    bool event(QEvent*) override {
        m_woken();
        return true;
    }

private:
    std::function<void()> m_woken;
};

/// Touches on gRPC's threads, where Retrieve asks for the shelf.
class TouchingCore final : public test::FakeCore {
public:
    explicit TouchingCore(Mode mode) : m_mode(mode) {
        m_shelfKept = FakeCore::shelf();
        m_desk = std::make_unique<Desk>([this] { readParcels(); });
    }

    std::shared_ptr<const wire::Shelf> shelf() const override {
        if (m_mode == Mode::kHandOver || m_mode == Mode::kOrdered) handOver();
        if (m_mode != Mode::kHandOver) touch(m_mode == Mode::kOrdered);
        return m_shelfKept;  // without the fake's lock, which would order the handlers
    }

private:
    /// As the daemon's mailbox does: what crosses is under a lock that TSan sees, Qt only wakes.
    void handOver() const {
        auto parcel = std::make_shared<std::string>("a parcel of more than a few characters");
        {
            const std::lock_guard lock(g_mutex);
            m_parcels.push_back(parcel);
        }
        QCoreApplication::postEvent(m_desk.get(), new QEvent(QEvent::User));
        if (m_mode == Mode::kHandOver) keepWriting(*parcel);
    }
    void readParcels() const {
        std::vector<std::shared_ptr<std::string>> parcels;
        {
            const std::lock_guard lock(g_mutex);
            parcels.swap(m_parcels);
        }
        for (const auto& parcel : parcels) parcel->append(" is read");
    }
    [[gnu::noinline]] static void keepWriting(std::string& plantedParcel) {
        for (int i = 0; i < 1'000; ++i) plantedParcel[0] = static_cast<char>('a' + i % 26);
    }

    const Mode m_mode;
    std::unique_ptr<Desk> m_desk;
    std::shared_ptr<const wire::Shelf> m_shelfKept;
    mutable std::vector<std::shared_ptr<std::string>> m_parcels;  ///< g_mutex
};

void call(const std::string& target) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = v1::Hashira::NewStub(
        grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
    for (int i = 0; i < kCalls; ++i) {
        grpc::ClientContext context;
        const auto reader = stub->Retrieve(&context, {});
        v1::RetrieveResponse piece;
        while (reader->Read(&piece)) {
        }
        if (const auto status = reader->Finish(); !status.ok()) {
            std::fprintf(stderr, "Retrieve: %s\n", status.error_message().c_str());
            std::exit(3);
        }
    }
}

int run(Mode mode, QCoreApplication& app) {
    QTemporaryDir directory;
    TouchingCore core(mode);
    rpc::ServerSettings settings;
    settings.endpoint.path = (directory.path() + QStringLiteral("/run/daemon.sock")).toStdString();
    auto server = rpc::Server::start(settings, core);
    if (!server) qFatal("%s", server.error().message.c_str());

    const bool ordered = mode == Mode::kOrdered;
    if (mode == Mode::kCore || ordered)
        core.onNotice = [ordered](const front::Notice&) { touch(ordered); };
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &timer, [ordered] { touch(ordered); });
    if (mode == Mode::kTimer || ordered) timer.start(1);

    std::vector<std::thread> callers;
    for (int i = 0; i < kCallers; ++i) callers.emplace_back(call, (*server)->endpoint().text());
    std::thread end([&] {
        for (int i = 0; i < kCalls; ++i) core.announce({Bucket{}});
        for (std::thread& caller : callers) caller.join();
        QCoreApplication::postEvent(&app, new QEvent(QEvent::Quit));
    });
    app.exec();
    end.join();
    (*server)->stop(0);
    core.drain();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const std::string mode = argc == 2 ? argv[1] : "";
    if (mode == "handlers") return run(Mode::kHandlers, app);
    if (mode == "core") return run(Mode::kCore, app);
    if (mode == "timer") return run(Mode::kTimer, app);
    if (mode == "hand-over") return run(Mode::kHandOver, app);
    if (mode == "ordered") return run(Mode::kOrdered, app);
    std::fprintf(stderr, "usage: planted_race handlers|core|timer|hand-over|ordered\n");
    return 2;
}

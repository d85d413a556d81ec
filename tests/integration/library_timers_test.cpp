// SPDX-License-Identifier: MIT
// gRPC's timers in a program of ours: each runs at its time, and no thread looks for them before.
#include "wire/library.h"

#include <QtTest>

#include <grpcpp/alarm.h>
#include <grpcpp/create_channel.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// How late an alarm may be: threads are many here, and the machine may be busy. A timer that was
/// slept over is an hour late.
constexpr milliseconds kLate(3'000);
constexpr int kThreads = 4;
constexpr int kAlarmsOfThread = 300;
constexpr int kLongestMs = 2'500;
constexpr int kWakeUps = 2;
constexpr milliseconds kRest(4'000);

/// How often gRPC's timer threads went to sleep until now.
int sleeps() {
    int sum = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::ifstream(thread.path() / "comm") >> name;
        if (name != "grpc_global_tim" && name != "timer_manager") continue;
        std::ifstream status(thread.path() / "status");
        const std::string wanted = "voluntary_ctxt_switches:";
        for (std::string word; status >> word;)
            if (word == wanted) {
                int count = 0;
                status >> count;
                sum += count;
            }
    }
    return sum;
}

auto in(milliseconds time) {
    return std::chrono::system_clock::now() + time;
}

/// An alarm with what became of it. Its callback may outlive it.
class Bell {
public:
    explicit Bell(milliseconds time) {
        const auto due = Clock::now() + time;
        m_alarm.Set(in(time), [fate = m_fate, due](bool ok) {
            if (!ok) return;
            fate->lateMs = std::chrono::duration_cast<milliseconds>(Clock::now() - due).count();
            fate->rang = true;
        });
    }

    bool rang() const { return m_fate->rang; }
    std::int64_t lateMs() const { return m_fate->lateMs; }

private:
    struct Fate {
        std::atomic<bool> rang = false;
        std::atomic<std::int64_t> lateMs = 0;
    };

    std::shared_ptr<Fate> m_fate = std::make_shared<Fate>();
    grpc::Alarm m_alarm;
};

}  // namespace

class LibraryTimersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        hashira::wire::keepLibrary();
        // The engine of a channel is gRPC's second one with a thread for timers.
        m_channel =
            grpc::CreateChannel("unix:/nonexistent/socket", grpc::InsecureChannelCredentials());
    }

    void atRestNoThreadLooks() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
        QSKIP("a sanitizer's own locks send threads to sleep");
#endif
        // Two that are far away, as those of an open connection are.
        const Bell far(milliseconds(60'000));
        const Bell further(milliseconds(90'000));
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), 30'000);
        const int before = sleeps();
        QVERIFY(before > 0);
        QTest::qWait(kRest.count());  // what is tested is that nothing happens
        QVERIFY2(sleeps() - before <= kWakeUps, qPrintable(QString::number(sleeps() - before)));
    }

    void whatIsSetAfterARestRunsInTime() {
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(), 30'000);
        for (int round = 0; round < 3; ++round) {
            const Bell bell(milliseconds(200));
            QTRY_VERIFY_WITH_TIMEOUT(bell.rang(), 200 + int(kLate.count()));
            QVERIFY(bell.lateMs() >= -1);
            QTest::qWait(1'100);  // longer than the time that gRPC looks ahead
        }
    }

    void eachOfManyRunsInTime() {
        std::vector<std::unique_ptr<Bell>> kept(kThreads * kAlarmsOfThread);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread)
            threads.emplace_back([&kept, thread] {
                std::mt19937 random(static_cast<unsigned>(thread));
                for (int i = 0; i < kAlarmsOfThread; ++i) {
                    const milliseconds time(random() % kLongestMs);
                    const Bell cancelled(time);
                    kept[static_cast<std::size_t>(thread * kAlarmsOfThread + i)] =
                        std::make_unique<Bell>(time);
                    std::this_thread::sleep_for(milliseconds(random() % 12));
                }
            });
        for (auto& thread : threads) thread.join();
        std::int64_t latest = 0;
        for (const auto& bell : kept) {
            QTRY_VERIFY_WITH_TIMEOUT(bell->rang(), kLongestMs + int(kLate.count()));
            latest = std::max(latest, bell->lateMs());
        }
        qInfo("the latest of %zu was %lld ms late", kept.size(), static_cast<long long>(latest));
        QVERIFY(latest < kLate.count());
    }

    void cleanupTestCase() {
        m_channel.reset();
    }

private:
    /// Nothing woke up for half a second: the threads have started, and past timers are forgotten.
    bool isQuiet() {
        const int now = sleeps();
        if (now != m_sleeps) {
            m_sleeps = now;
            m_since = Clock::now();
        }
        return Clock::now() - m_since > milliseconds(500);
    }

    std::shared_ptr<grpc::Channel> m_channel;
    int m_sleeps = 0;
    Clock::time_point m_since = Clock::now();
};

QTEST_GUILESS_MAIN(LibraryTimersTest)
#include "library_timers_test.moc"

// SPDX-License-Identifier: MIT
#include "daemon/mailbox.h"

#include "base/limits.h"

#include <QtTest>

#include <atomic>
#include <thread>

using namespace hashira;
using hashira::daemon::Mailbox;

namespace {

/// What the mailbox handed over, in order: "j" for a job, "s3" for a group of three Sends.
struct Trace {
    std::string text;
    int wakes = 0;
    Mailbox mailbox{[this] { ++wakes; }};

    Mailbox::Job job() {
        return [this] { text += "j "; };
    }
    static Mailbox::SendJob send(std::size_t drafts = 1) {
        return {std::vector<Draft>(drafts), {}};
    }
    void drain() {
        mailbox.drain([this](std::vector<Mailbox::SendJob> group) {
            text += "s" + std::to_string(group.size()) + " ";
        });
    }
};

}  // namespace

class MailboxTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neighbouringSendsAreOneGroup() {
        Trace trace;
        for (int i = 0; i < 3; ++i) QVERIFY(trace.mailbox.send(Trace::send()));
        QVERIFY(trace.mailbox.post(trace.job()));
        QVERIFY(trace.mailbox.send(Trace::send()));
        trace.mailbox.postInternal(trace.job());
        QVERIFY(trace.mailbox.send(Trace::send()));
        QVERIFY(trace.mailbox.send(Trace::send()));
        trace.drain();
        QCOMPARE(trace.text, std::string("s3 j s1 j s2 "));
        QCOMPARE(trace.wakes, 1);
    }

    void aGroupIsNoLargerThanTheLargestSend() {
        Trace trace;
        QVERIFY(trace.mailbox.send(Trace::send(limits::kSendCommands - 1)));
        QVERIFY(trace.mailbox.send(Trace::send()));
        QVERIFY(trace.mailbox.send(Trace::send()));
        QVERIFY(trace.mailbox.send(Trace::send(limits::kSendCommands)));
        trace.drain();
        QCOMPARE(trace.text, std::string("s2 s1 s1 "));
    }

    void wakesOnlyWhenItWasEmpty() {
        Trace trace;
        QVERIFY(trace.mailbox.post(trace.job()));
        QVERIFY(trace.mailbox.post(trace.job()));
        QCOMPARE(trace.wakes, 1);
        trace.drain();
        trace.drain();
        trace.mailbox.postInternal(trace.job());
        QCOMPARE(trace.wakes, 2);
        // From within a job: for the next round.
        QVERIFY(trace.mailbox.post([&] { trace.mailbox.postInternal(trace.job()); }));
        trace.drain();
        QCOMPARE(trace.wakes, 3);
        QCOMPARE(trace.text, std::string("j j j "));
        trace.drain();
        QCOMPARE(trace.text, std::string("j j j j "));
    }

    void fullRefusesCallsButNotAnswers() {
        Trace trace;
        for (std::size_t i = 0; i < limits::kMailboxCalls; ++i)
            QVERIFY(i % 2 ? trace.mailbox.post(trace.job()) : trace.mailbox.send(Trace::send()));
        bool replied = false;
        Mailbox::SendJob late{std::vector<Draft>(7), [&](const auto&) { replied = true; }};
        const Status refused = trace.mailbox.send(std::move(late));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kExhausted);
        // What was not taken is still the caller's, who must reply.
        QCOMPARE(late.drafts.size(), std::size_t{7});
        late.reply(refused.error());
        QVERIFY(replied);
        QCOMPARE(trace.mailbox.post(trace.job()).error().code, ErrorCode::kExhausted);
        bool told = false;
        trace.mailbox.postInternal([&] { told = true; });
        trace.drain();
        QVERIFY(told);
        QVERIFY(trace.mailbox.post(trace.job()));
    }

    void whatSendsHoldIsBounded() {
        Trace trace;
        const auto large = [] {
            Mailbox::SendJob job = Trace::send();
            job.drafts[0].fields.push_back({"note", std::string(limits::kSendBytes, 'x')});
            return job;
        };
        std::size_t taken = 0;
        Status last;
        while (taken < 100 && (last = trace.mailbox.send(large()))) ++taken;
        // Fields and texts count with what they take beyond their bytes: one fewer fits.
        QCOMPARE(taken, limits::kMailboxBytes / limits::kSendBytes - 1);
        QCOMPARE(last.error().code, ErrorCode::kExhausted);
        QCOMPARE(last.error().message,
                 std::string("the daemon is busy: Sends of 48 MiB wait already; try again"));
        // A refused one stays whole, small ones and other calls go on.
        Mailbox::SendJob again = large();
        QVERIFY(!trace.mailbox.send(std::move(again)));
        QCOMPARE(again.drafts.size(), std::size_t{1});
        QVERIFY(trace.mailbox.send(Trace::send()));
        QVERIFY(trace.mailbox.post(trace.job()));
        trace.drain();
        QVERIFY(trace.mailbox.send(std::move(again)));
    }

    void stoppingRefusesCallsAndDoesWhatWasTaken() {
        Trace trace;
        QVERIFY(trace.mailbox.send(Trace::send()));
        trace.mailbox.refuse();
        QCOMPARE(trace.mailbox.send(Trace::send()).error().code, ErrorCode::kCancelled);
        QCOMPARE(trace.mailbox.post(trace.job()).error().code, ErrorCode::kCancelled);
        trace.mailbox.postInternal(trace.job());
        trace.drain();
        QCOMPARE(trace.text, std::string("s1 j "));
        trace.mailbox.postInternal(trace.job());
        trace.mailbox.close();
        trace.mailbox.postInternal(trace.job());
        trace.drain();
        QCOMPARE(trace.text, std::string("s1 j "));
    }

    void eachThreadKeepsItsOrder() {
        constexpr int kThreads = 8;
        constexpr int kJobs = 2'000;
        std::atomic<int> wakes = 0;
        Mailbox mailbox([&] { ++wakes; });
        std::vector<int> next(kThreads, 0);
        std::atomic<int> running = kThreads;
        bool ordered = true;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < kJobs; ++i)
                    mailbox.postInternal([&, thread, i] {
                        ordered = ordered && next[static_cast<std::size_t>(thread)]++ == i;
                    });
                --running;
            });
        const auto drain = [&] { mailbox.drain([](const auto&) {}); };
        while (running > 0) drain();
        drain();
        for (std::thread& thread : threads) thread.join();
        QVERIFY(ordered);
        for (const int count : next) QCOMPARE(count, kJobs);
        QVERIFY(wakes > 0);
    }
};

QTEST_GUILESS_MAIN(MailboxTest)
#include "mailbox_test.moc"

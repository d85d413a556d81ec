// SPDX-License-Identifier: MIT
#pragma once

#include "model/document.h"
#include "rpc/core_port.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace hashira::test {

/// A core in memory with a thread of its own: takes commands, keeps documents, publishes snapshots
/// and tells of changes. What the real one does with disk and network, the test does by hand.
class FakeCore : public rpc::CorePort {
public:
    static constexpr const char* kEpoch = "01930000-aaaa-7000-8000-000000000001";

    FakeCore();
    /// Runs what is queued, then ends the thread.
    ~FakeCore() override;

    /// Called on the core's thread after each commit. Set before the first call.
    std::function<void(const front::Notice&)> onNotice;
    std::function<void(const front::Status&)> onStatus;

    /// Runs it on the core's thread, after all that was asked before.
    void post(std::function<void()> job);
    /// Waits until all that was asked before is done.
    void drain();

    /// Publishes a revision with these changes, without any command, and tells of it.
    void announce(std::set<Bucket> buckets);
    /// Changes the status and tells of it.
    void setPending(std::uint64_t pending);
    /// Lets waits for that command end.
    void reach(const std::string& commandId, front::Level level);
    /// Weeks before this one cannot be read from now on.
    void setOldest(Week oldest);
    /// Commands that the datastore "refused".
    void setRejected(std::vector<front::RejectedCommand> rejected);
    /// While held, no Send is answered.
    void hold(bool held);
    /// Waits that were neither answered nor cancelled.
    std::size_t waits() const;
    /// Until there are that many; false when 10 s passed before.
    bool waitForWaits(std::size_t count) const;

    void send(std::vector<Draft> drafts, rpc::Reply<front::SendReply> reply) override;
    std::shared_ptr<const wire::Shelf> shelf() const override;
    void buildShelf(Week oldest, Week newest,
                    rpc::Reply<std::shared_ptr<const wire::Shelf>> reply) override;
    void status(rpc::Reply<front::Status> reply) override;
    void syncNow(rpc::Reply<front::Status> reply) override;
    void pause(front::Pause wish, rpc::Reply<front::Status> reply) override;
    void listRejected(rpc::Reply<std::vector<front::RejectedCommand>> reply) override;
    void retryRejected(std::string commandId, rpc::Reply<front::Receipt> reply) override;
    void discardRejected(std::string commandId, rpc::Reply<front::Revision> reply) override;
    std::uint64_t waitFor(std::string commandId, front::Level level,
                          rpc::Reply<front::Receipt> reply) override;
    void cancelWait(std::uint64_t ticket) override;
    void doctor(rpc::Reply<front::DoctorReport> reply) override;
    void stand(std::string, std::string) override {}

private:
    struct Wait {
        std::string commandId;
        front::Level level;
        rpc::Reply<front::Receipt> reply;
    };

    void run();
    front::SendReply apply(std::vector<Draft> drafts);
    void change(const Draft& draft, front::Receipt& receipt,
                std::map<Week, wire::WeekSnapshot::Change>& changes);
    Week weekOf(const Document& document) const;
    void publish(std::map<Week, wire::WeekSnapshot::Change> changes, const front::Notice& notice);
    front::Status statusNow() const;

    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::deque<std::function<void()>> m_jobs;  ///< m_mutex, as the next four
    bool m_stop = false;
    std::shared_ptr<const wire::Shelf> m_shelf;
    std::map<std::uint64_t, Wait> m_waits;
    std::uint64_t m_lastTicket = 0;

    // The core's thread only.
    std::map<std::string, Document> m_documents;
    std::map<std::string, front::Receipt> m_receipts;
    std::vector<front::RejectedCommand> m_rejected;
    std::vector<std::function<void()>> m_heldReplies;
    bool m_held = false;
    front::Pause m_pause{false};
    std::uint64_t m_pending = 0;
    std::uint64_t m_made = 0;
    Week m_oldest{0};
    std::thread m_thread;
};

}  // namespace hashira::test

// SPDX-License-Identifier: MIT
#pragma once

#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace hashira::datastore {

/// A stream of messages to one client, fed from any thread. Keeps itself alive until gRPC is done
/// with it. gRPC allows one write at a time and one Finish; both are kept here.
template <typename Message>
class StreamReactor : public grpc::ServerWriteReactor<Message> {
public:
    /// Call it once, with the pointer that owns this.
    void keep(std::shared_ptr<StreamReactor> self) { m_self = std::move(self); }

    /// Sends a message after those that wait. Where one waits, `merge(last)` may take it over and
    /// return true.
    template <typename Merge>
    void send(Message message, const Merge& merge) {
        const std::lock_guard lock(m_mutex);
        if (m_status) return;
        if (m_waiting.empty() || !merge(m_waiting.back())) m_waiting.push_back(std::move(message));
        proceed();
    }
    void send(Message message) {
        send(std::move(message), [](Message&) { return false; });
    }

    /// Sends a last message and ends the stream well, in one write where nothing waits before it.
    void sendLast(Message message) {
        const std::lock_guard lock(m_mutex);
        if (m_status) return;
        m_waiting.push_back(std::move(message));
        m_status = grpc::Status::OK;
        proceed();
    }

    /// Ends the stream after what waits; only the first end counts.
    void end(const grpc::Status& status) {
        const std::lock_guard lock(m_mutex);
        if (!m_status) m_status = status;
        proceed();
    }

    /// Ends the stream without what waits: it would be kept for as long as the client does not
    /// read.
    void cut(const grpc::Status& status) {
        const std::lock_guard lock(m_mutex);
        m_waiting.clear();
        if (!m_status) m_status = status;
        proceed();
    }

    /// Waits, not on a thread of gRPC, until fewer than `most` messages wait. False: the client is
    /// gone, or took none for so long.
    bool waitForRoom(std::size_t most, std::chrono::milliseconds limit) {
        std::unique_lock lock(m_mutex);
        return m_room.wait_for(lock, limit, [&] { return m_status || m_waiting.size() < most; }) &&
               !m_status;
    }

private:
    void OnWriteDone(bool ok) override {
        const std::lock_guard lock(m_mutex);
        m_writing = false;
        if (!ok) abandon();
        proceed();
        m_room.notify_all();
    }

    void OnCancel() override {
        const std::lock_guard lock(m_mutex);
        abandon();
        proceed();
        m_room.notify_all();
    }

    void OnDone() override {
        // Whoever still feeds it holds it too; its feeding has no effect any more.
        std::shared_ptr<StreamReactor> self;
        const std::lock_guard lock(m_mutex);
        self = std::move(m_self);
    }

    void abandon() {
        m_waiting.clear();
        if (!m_status) m_status = grpc::Status::CANCELLED;
    }

    /// Starts what comes next; with the lock held.
    void proceed() {
        if (m_writing || m_finished) return;
        if (!m_waiting.empty()) {
            m_current = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_finished = m_waiting.empty() && m_status && m_status->ok();
            m_writing = !m_finished;
            if (m_finished)
                this->StartWriteAndFinish(&m_current, {}, *m_status);
            else
                this->StartWrite(&m_current);
        } else if (m_status) {
            m_finished = true;
            this->Finish(*m_status);
        }
    }

    std::shared_ptr<StreamReactor> m_self;
    std::mutex m_mutex;  // protects what follows
    std::condition_variable m_room;
    std::deque<Message> m_waiting;
    Message m_current;
    std::optional<grpc::Status> m_status;
    bool m_writing = false;
    bool m_finished = false;
};

}  // namespace hashira::datastore

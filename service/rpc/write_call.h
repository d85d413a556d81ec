// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/open_calls.h"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <optional>

namespace hashira::rpc {

/// A call that streams messages to its client, one write in flight at a time. A subclass says what
/// comes next; whoever has news calls pump(). Any thread.
///
/// The rule that makes it safe: the lock decides who calls gRPC, gRPC is called without it. While a
/// write is in flight nobody finishes; OnWriteDone does, where it must. After Finish nothing is
/// called.
template <typename Message>
class WriteCall : public grpc::ServerWriteReactor<Message>,
                  public OpenCall,
                  public std::enable_shared_from_this<WriteCall<Message>> {
public:
    explicit WriteCall(OpenCalls& calls) : m_calls(calls) {}

    void end(const grpc::Status& status) override {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_end) m_end = status;
        }
        pump();
    }

    void OnWriteDone(bool ok) override {
        {
            const std::lock_guard lock(m_mutex);
            m_writing = false;
            if (!ok && !m_end)
                m_end = grpc::Status(grpc::StatusCode::CANCELLED, "the caller went away");
        }
        pump();
    }
    void OnCancel() override {
        const auto self = this->shared_from_this();  // freed after this, also for TSan's eyes
        end({grpc::StatusCode::CANCELLED, "the caller went away"});
    }
    void OnDone() override { m_calls.remove(this); }

protected:
    enum class Step {
        kNothing,  ///< no message now
        kMore,     ///< a message, and the next one follows at once
        kMessage,  ///< a message
        kLast      ///< the last message of the call
    };
    /// Fills in the next message. Called under the lock, never while a write is in flight.
    virtual Step next(Message& message) = 0;

    /// For the state that next() reads.
    std::mutex& mutex() { return m_mutex; }

    /// Writes what there is to write, if nothing is being written. Call without the lock.
    void pump() {
        std::unique_lock lock(m_mutex);
        if (m_over || m_writing) return;
        if (m_end) {
            m_over = true;
            lock.unlock();
            this->Finish(*m_end);
            return;
        }
        const Step step = next(m_message);
        if (step == Step::kNothing) return;
        grpc::WriteOptions options;
        if (step == Step::kLast) {
            m_over = true;
            lock.unlock();
            this->StartWriteAndFinish(&m_message, options, grpc::Status::OK);
            return;
        }
        // Not the first one: it would wait with the headers, for a flush that nothing causes.
        if (step == Step::kMore && m_started) options.set_buffer_hint();
        m_started = true;
        m_writing = true;
        lock.unlock();
        this->StartWrite(&m_message, options);
    }

    OpenCalls& calls() { return m_calls; }

private:
    OpenCalls& m_calls;
    std::mutex m_mutex;
    Message m_message;                  ///< gRPC's while m_writing, else under m_mutex
    bool m_started = false;             ///< m_mutex
    bool m_writing = false;             ///< m_mutex
    bool m_over = false;                ///< m_mutex: gRPC was told the end
    std::optional<grpc::Status> m_end;  ///< m_mutex: set once
};

}  // namespace hashira::rpc

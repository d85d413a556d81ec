// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <mutex>

namespace hashira::board {

/// Hands jobs over to the thread that it lives in, in their order. What crosses is under a lock of
/// ours; Qt's event only wakes. Those who post end before it does.
class Inbox : public QObject {
    Q_OBJECT

public:
    using Job = std::function<void()>;

    /// From any thread.
    void post(Job job);

protected:
    void customEvent(QEvent* event) override;

private:
    std::mutex m_mutex;  ///< guards what follows
    std::deque<Job> m_jobs;
};

}  // namespace hashira::board

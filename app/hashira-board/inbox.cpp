// SPDX-License-Identifier: MIT
#include "inbox.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace hashira::board {

void Inbox::post(Job job) {
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        wake = m_jobs.empty();
        m_jobs.push_back(std::move(job));
    }
    if (wake) QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void Inbox::customEvent(QEvent*) {
    std::deque<Job> jobs;
    {
        const std::lock_guard lock(m_mutex);
        jobs.swap(m_jobs);
    }
    for (const Job& job : jobs) job();
}

}  // namespace hashira::board

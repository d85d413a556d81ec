// SPDX-License-Identifier: MIT
#include "daemon/mailbox.h"

#include "base/limits.h"

#include <string>
#include <utility>

namespace hashira::daemon {

namespace {

/// What drafts hold in memory, nearly: texts of up to 15 bytes are in their objects.
std::size_t bytesOf(const std::vector<Draft>& drafts) {
    const auto text = [](const std::string& s) { return s.capacity() > 15 ? s.capacity() : 0; };
    std::size_t bytes = drafts.size() * sizeof(Draft);
    for (const Draft& draft : drafts) {
        bytes += text(draft.commandId) + text(draft.taskId) + text(draft.before) +
                 text(draft.after) + draft.fields.capacity() * sizeof(FieldValue);
        for (const FieldValue& field : draft.fields) bytes += text(field.name) + text(field.value);
    }
    return bytes;
}

}  // namespace

Status Mailbox::admit(std::size_t bytes) const {
    if (m_refusing || m_closed) return Error{ErrorCode::kCancelled, "the daemon is stopping"};
    if (m_calls >= limits::kMailboxCalls)
        return Error{ErrorCode::kExhausted, "the daemon is busy: " + std::to_string(m_calls) +
                                                " calls wait already; try again"};
    // One alone is always taken: its size has a limit of its own.
    if (bytes > 0 && m_bytes > 0 && m_bytes + bytes > limits::kMailboxBytes)
        return Error{ErrorCode::kExhausted, "the daemon is busy: Sends of " +
                                                std::to_string(m_bytes >> 20) +
                                                " MiB wait already; try again"};
    return {};
}

bool Mailbox::put(Item item) {
    m_items.push_back(std::move(item));
    return m_items.size() == 1;
}

Status Mailbox::post(Job job) {
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        if (Status admitted = admit(0); !admitted) return admitted;
        ++m_calls;
        wake = put(Item(std::in_place_index<1>, std::move(job)));
    }
    if (wake) m_wake();
    return {};
}

Status Mailbox::send(SendJob&& job) {
    const std::size_t bytes = bytesOf(job.drafts);
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        if (Status admitted = admit(bytes); !admitted) return admitted;
        ++m_calls;
        m_bytes += bytes;
        wake = put(Item(std::in_place_index<0>, std::move(job)));
    }
    if (wake) m_wake();
    return {};
}

void Mailbox::postInternal(Job job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed || !put(Internal{std::move(job)})) return;
    }
    m_wake();
}

void Mailbox::refuse() {
    const std::lock_guard lock(m_mutex);
    m_refusing = true;
}

void Mailbox::close() {
    std::vector<Item> dropped;  // freed without the lock: what it holds may post
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_items.swap(dropped);
}

void Mailbox::drain(const std::function<void(std::vector<SendJob>)>& send) {
    std::vector<Item> items;
    {
        const std::lock_guard lock(m_mutex);
        m_items.swap(items);
        m_calls = 0;
        m_bytes = 0;
    }
    std::vector<SendJob> group;
    std::size_t commands = 0;
    const auto flush = [&] {
        if (group.empty()) return;
        commands = 0;
        send(std::exchange(group, {}));
    };
    for (Item& item : items) {
        if (auto* job = std::get_if<0>(&item)) {
            // A group is no larger than the largest Send: nobody waits much longer for others.
            if (commands + job->drafts.size() > limits::kSendCommands) flush();
            commands += job->drafts.size();
            group.push_back(std::move(*job));
            continue;
        }
        flush();
        const Job job = item.index() == 1 ? std::move(std::get<1>(item))
                                          : std::move(std::get<Internal>(item).job);
        job();
    }
    flush();
}

}  // namespace hashira::daemon

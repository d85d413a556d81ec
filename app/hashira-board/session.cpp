// SPDX-License-Identifier: MIT
#include "session.h"

#include "words.h"

#include "frontend/changes.h"

#include <algorithm>
#include <utility>

namespace hashira::board {
namespace {

using frontend::Client;
using frontend::Note;

/// A daemon that is stopping still takes calls, and answers each at once that it is not there.
constexpr int kStoppingMs = 200;
constexpr int kReconnectMs = 2'000;
/// Where the daemon is there but refuses us, as with a wrong token: it may be mended meanwhile.
constexpr int kRefusedMs = 5'000;

/// Both in one: what is missing with either is missing.
Note merged(Note first, const Note& second) {
    first.revision = second.revision;
    first.full |= second.full;
    first.rejectedChanged |= second.rejectedChanged;
    first.dateTurned |= second.dateTurned;
    first.weeks.insert(first.weeks.end(), second.weeks.begin(), second.weeks.end());
    return first;
}

}  // namespace

Session::Session(MakeClient makeClient, QObject* parent)
    : QObject(parent), m_makeClient(std::move(makeClient)) {}

Session::~Session() {
    for (const auto& client : {m_changesClient.get(), m_statusClient.get()})
        if (client != nullptr) client->cancel();
    if (m_changes.joinable()) m_changes.join();
    if (m_states.joinable()) m_states.join();
    m_reads.reset();
    m_calls.reset();
    m_syncs.reset();
}

void Session::start() {
    m_calls = std::make_unique<Caller>(m_makeClient);
    m_reads = std::make_unique<Caller>(m_makeClient);
    m_changesClient = m_makeClient();
    m_statusClient = m_makeClient();
    m_changes = std::thread([this] { followChanges(); });
    m_states = std::thread([this] { followStatus(); });
}

void Session::showWeek(int offset) {
    {
        const std::lock_guard lock(m_mutex);
        m_chosen = offset;
    }
    if (m_reads) m_reads->call([this](Client& client) { readChosen(client); });
}

template <typename T>
void Session::ask(Caller& caller, QObject* asker, Answer<T> answer,
                  std::function<Result<T>(Client&)> call) {
    // Whether the asker still lives is looked at in its own thread.
    auto alive = std::make_shared<QPointer<QObject>>(asker);
    caller.call([this, alive, answer = std::move(answer), call = std::move(call)](Client& client) {
        auto result = std::make_shared<Result<T>>(call(client));
        m_inbox.post([alive, answer, result] {
            if (*alive) answer(*result);
        });
    });
}

void Session::send(std::vector<frontend::OutCommand> commands, QObject* asker,
                   Answer<front::SendReply> answer) {
    ask<front::SendReply>(*m_calls, asker, std::move(answer),
                          [commands = std::move(commands)](Client& client) {
                              return frontend::sendSafely(client, commands);
                          });
}

void Session::listRejected(QObject* asker, Answer<std::vector<front::RejectedCommand>> answer) {
    ask<std::vector<front::RejectedCommand>>(*m_calls, asker, std::move(answer),
                                             [](Client& client) { return client.rejected(); });
}

void Session::retryRejected(const std::string& commandId, QObject* asker,
                            Answer<front::Receipt> answer) {
    ask<front::Receipt>(*m_calls, asker, std::move(answer),
                        [commandId](Client& client) { return client.retryRejected(commandId); });
}

void Session::discardRejected(const std::string& commandId, QObject* asker,
                              Answer<front::Revision> answer) {
    ask<front::Revision>(*m_calls, asker, std::move(answer),
                         [commandId](Client& client) { return client.discardRejected(commandId); });
}

void Session::syncNow(QObject* asker, Answer<front::Status> answer) {
    if (!m_syncs) m_syncs = std::make_unique<Caller>(m_makeClient);
    ask<front::Status>(*m_syncs, asker, std::move(answer),
                       [](Client& client) { return client.syncNow(); });
}

void Session::stay(Client& client, const std::function<Status()>& follow, bool tells) {
    while (!client.cancelled()) {
        const Status ended = follow();
        if (client.cancelled()) return;
        const bool gone = ended || ended.error().code == ErrorCode::kUnavailable;
        if (tells) {
            m_inbox.post([this, gone] {
                setConnected(false);
                if (gone) Q_EMIT away();
            });
            if (!gone)
                m_inbox.post([this, error = ended.error()] {
                    Q_EMIT failed(hashirad::tray::errorText(error));
                });
        }
        client.rest(gone ? kStoppingMs : kRefusedMs);
        while (!client.cancelled() && !client.connect(kReconnectMs)) continue;
    }
}

void Session::followChanges() {
    std::optional<front::Revision> since;
    Client& client = *m_changesClient;
    stay(
        client,
        [&] {
            return client.subscribe(since, [&](const Note& note) {
                since = note.revision;
                m_inbox.post([this] { setConnected(true); });
                noted(note);
                return true;
            });
        },
        true);
}

void Session::followStatus() {
    Client& client = *m_statusClient;
    stay(
        client,
        [&] {
            return client.watchStatus([&](front::Status status) {
                m_inbox.post([this, status = std::move(status)] {
                    m_status = status;
                    Q_EMIT statusChanged();
                });
                return true;
            });
        },
        false);
}

void Session::noted(const Note& note) {
    bool waits = false;
    {
        const std::lock_guard lock(m_mutex);
        waits = m_noted.has_value();
        m_noted = waits ? merged(std::move(*m_noted), note) : note;
    }
    if (!waits) m_reads->call([this](Client& client) { readNoted(client); });
}

std::optional<Note> Session::takeNoted() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_noted, {});
}

void Session::readNoted(Client& client) {
    while (const std::optional<Note> note = takeNoted()) {
        const Status read = readConcerned(*note, client);
        if (read) {
            m_inbox.post([this, note = *note] { shownAs(note); });
            continue;
        }
        if (client.cancelled()) return;
        client.rest(read.error().code == ErrorCode::kUnavailable ? kStoppingMs : kRefusedMs);
        while (!client.cancelled() && !client.connect(kReconnectMs)) continue;
        // Nobody tells of the same change twice.
        const std::lock_guard lock(m_mutex);
        m_noted = m_noted ? merged(*note, *m_noted) : *note;
    }
}

Status Session::readConcerned(const Note& note, Client& client) {
    for (WeekReader* week : {&m_current, m_other.get()}) {
        if (week == nullptr) continue;
        if (note.dateTurned) week->forget();
        if (!week->concerns(note)) continue;
        if (const Status read = readWeek(*week, client); !read) return read;
    }
    return {};
}

/// In the GUI's thread.
void Session::shownAs(const Note& note) {
    if (note.dateTurned) Q_EMIT dateTurned();
    if (note.rejectedChanged) Q_EMIT rejectedChanged();
    m_shown = note.revision;
    Q_EMIT shownChanged();
}

void Session::readChosen(Client& client) {
    int chosen = 0;
    {
        const std::lock_guard lock(m_mutex);
        chosen = m_chosen;
    }
    if (chosen == 0) {
        m_other.reset();
        return;
    }
    // Told again where it is known: who asks may have let go of it meanwhile.
    if (!m_other || m_other->offset() != chosen) m_other = std::make_unique<WeekReader>(chosen);
    // What cannot be read now is read with the next notification.
    (void)readWeek(*m_other, client).ok();
}

Status Session::readWeek(WeekReader& reader, Client& client) {
    const auto week = reader.read(client);
    if (week) {
        m_inbox.post([this, week = *week] { Q_EMIT weekRead(week); });
        return {};
    }
    if (week.error().code != ErrorCode::kUnavailable)
        m_inbox.post(
            [this, error = week.error()] { Q_EMIT failed(hashirad::tray::errorText(error)); });
    return week.error();
}

void Session::setConnected(bool connected) {
    if (m_connected == connected) return;
    m_connected = connected;
    Q_EMIT connectedChanged();
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "caller.h"
#include "inbox.h"
#include "week_reader.h"

#include <QObject>
#include <QPointer>

#include <atomic>
#include <optional>

namespace hashira::board {

/// The daemon as the board's windows see it: calls that do not block, and signals. It lives in the
/// GUI's thread; behind it are a thread for calls, one that reads weeks, and one each that follows
/// changes and the status. All come back by themselves where the daemon was away.
class Session : public QObject {
    Q_OBJECT

public:
    template <typename T>
    using Answer = std::function<void(const Result<T>&)>;

    explicit Session(MakeClient makeClient, QObject* parent = nullptr);
    ~Session() override;

    void start();
    /// Which week's done tasks are read besides this week's.
    void showWeek(int offset);

    /// Each answer comes in the GUI's thread, unless `asker` was destroyed meanwhile. Sending the
    /// same commands again is safe.
    void send(std::vector<frontend::OutCommand> commands, QObject* asker,
              Answer<front::SendReply> answer);
    void listRejected(QObject* asker, Answer<std::vector<front::RejectedCommand>> answer);
    void retryRejected(const std::string& commandId, QObject* asker, Answer<front::Receipt> answer);
    void discardRejected(const std::string& commandId, QObject* asker,
                         Answer<front::Revision> answer);
    void syncNow(QObject* asker, Answer<front::Status> answer);

    /// What was last told.
    bool connected() const { return m_connected; }
    const std::optional<front::Revision>& shown() const { return m_shown; }
    const front::Status& status() const { return m_status; }

Q_SIGNALS:
    void weekRead(const hashira::board::WeekPtr& week);
    /// All weeks are shown as of shown(), which changed.
    void shownChanged();
    void statusChanged();
    void rejectedChanged();
    /// The local date turned: weeks and due dates show differently.
    void dateTurned();
    /// The daemon came, or went away.
    void connectedChanged();
    /// Nobody answers, at the first try or after the daemon went away.
    void away();
    /// The daemon is there, but something is wrong, in words for a person.
    void failed(const QString& words);

private:
    template <typename T>
    void ask(Caller& caller, QObject* asker, Answer<T> answer,
             std::function<Result<T>(frontend::Client&)> call);
    void followChanges();
    void followStatus();
    /// Calls `follow` until the session ends, and again whenever the daemon came back.
    void stay(frontend::Client& client, const std::function<Status()>& follow, bool tells);
    void noted(const frontend::Note& note);
    void readNoted(frontend::Client& client);
    void readChosen(frontend::Client& client);
    std::optional<frontend::Note> takeNoted();
    Status readConcerned(const frontend::Note& note, frontend::Client& client);
    Status readWeek(WeekReader& week, frontend::Client& client);
    void shownAs(const frontend::Note& note);
    void setConnected(bool connected);

    const MakeClient m_makeClient;
    Inbox m_inbox;

    // In the GUI's thread.
    bool m_connected = false;
    std::optional<front::Revision> m_shown;
    front::Status m_status;

    // Crosses between threads.
    std::mutex m_mutex;                     ///< guards what follows
    std::optional<frontend::Note> m_noted;  ///< not read yet, merged
    int m_chosen = 0;

    // In the reading thread.
    WeekReader m_current{0};
    std::unique_ptr<WeekReader> m_other;  ///< the chosen week, where it is another one

    std::unique_ptr<frontend::Client> m_changesClient;
    std::unique_ptr<frontend::Client> m_statusClient;
    std::unique_ptr<Caller> m_calls;
    std::unique_ptr<Caller> m_reads;
    std::unique_ptr<Caller> m_syncs;  ///< SyncNow may take minutes: nothing waits behind it
    std::thread m_changes;
    std::thread m_states;
};

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#pragma once

#include "context.h"
#include "names.h"

#include "base/clock.h"

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace hashira::cli {

/// Monday, 2026-11-23T12:00:00+01:00, of week 2026-W48.
class FixedClock final : public Clock {
public:
    std::int64_t nowMs() const override { return ms; }
    std::int64_t steadyMs() const override { return ms; }
    int utcOffsetMinutes(std::int64_t) const override { return 60; }
    std::int64_t ms = 1'795'431'600'000;
};

class CountingRandom final : public Random {
public:
    std::uint64_t next() override {
        return m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
    }

private:
    std::uint64_t m_state = 1;
};

/// A daemon in memory: the tasks that the commands make, revisions, idempotent command ids, and the
/// faults that a test asks for. Fills in created, rank, started and done as the real one does.
class FakeDaemon {
public:
    struct Held {
        Task task;
        std::uint64_t revision = 0;
        int offset = 0;
    };

    std::map<std::string, Held> tasks;
    std::map<std::string, front::Receipt> receipts;
    front::Revision revision{"epoch", 1};
    front::Status status;
    std::vector<std::vector<OutCommand>> sends;
    std::map<int, std::string> incompleteWeeks;  ///< offset -> reason
    std::vector<Note> notes;                     ///< what a subscription tells
    std::vector<front::RejectedCommand> rejected;
    Result<front::Receipt> waitAnswer = front::Receipt{};
    std::vector<front::SignIn> signIns;
    std::vector<bool> signOuts;
    int shutDowns = 0;
    bool endsWhenAsked = true;
    Result<std::uint64_t> shutDownAnswer = std::uint64_t{4711};
    Result<front::SignedIn> signInAnswer = front::SignedIn{};
    Result<front::Status> signOutAnswer = front::Status{};
    int loseAnswers = 0;       ///< so many sends are applied, and answered by a broken connection
    int refuseSends = 0;       ///< so many sends find no daemon at all
    bool away = false;         ///< no daemon
    int sendsBeforeAway = -1;  ///< after so many sends the daemon is away
    std::vector<std::string> pauses;  ///< until when each
    std::string badName;              ///< a Send that holds it is INVALID_ARGUMENT
    Clock* clock = nullptr;

    Task& add(const std::string& id, const std::string& name, Place place = Place::kBacklog);
    Result<front::SendReply> send(const std::vector<OutCommand>& commands);
    Status retrieve(const RetrieveQuery& query, const std::function<void(Piece)>& take) const;

private:
    void apply(const OutCommand& command, const Draft& draft);
    void setField(Task& task, const std::string& name, const std::string& value);
};

class FakeClient final : public Client {
public:
    explicit FakeClient(FakeDaemon& daemon) : m_daemon(daemon) {}

    Status connect(int) override { return reached(); }
    Result<front::SendReply> send(const std::vector<OutCommand>& commands) override {
        return m_daemon.send(commands);
    }
    Status retrieve(const RetrieveQuery& query, const std::function<void(Piece)>& take) override;
    Status subscribe(const std::optional<front::Revision>& since,
                     const std::function<bool(const Note&)>& take) override;
    Result<front::Status> status() override;
    Status watchStatus(const std::function<bool(front::Status)>& take) override;
    Result<front::Status> syncNow() override { return status(); }
    Result<front::Status> pause(const std::string& until) override {
        m_daemon.pauses.push_back(until);
        return status();
    }
    Result<front::Status> resume() override { return status(); }
    Result<std::vector<front::RejectedCommand>> rejected() override { return m_daemon.rejected; }
    Result<front::Receipt> retryRejected(const std::string& id) override;
    Result<front::Revision> discardRejected(const std::string&) override {
        return m_daemon.revision;
    }
    Result<front::Receipt> waitFor(const std::string&, front::Level, std::int64_t) override {
        return m_daemon.waitAnswer;
    }
    Result<front::DoctorReport> doctor() override {
        return front::DoctorReport{{"all well"}, 10, 1, true, true};
    }
    Result<front::SignedIn> signIn(const front::SignIn& wanted) override {
        m_daemon.signIns.push_back(wanted);
        return m_daemon.signInAnswer;
    }
    Result<std::uint64_t> shutDown() override {
        ++m_daemon.shutDowns;
        if (const Status here = reached(); !here) return here.error();
        return m_daemon.shutDownAnswer;
    }
    Result<front::Status> signOut(bool leavePending) override {
        m_daemon.signOuts.push_back(leavePending);
        return m_daemon.signOutAnswer;
    }
    void rest(int) override {}
    void cancel() override { m_cancelled = true; }
    bool cancelled() const override { return m_cancelled; }

private:
    Status reached() const;
    FakeDaemon& m_daemon;
    bool m_cancelled = false;
};

/// One person at a terminal or a pipe, with a daemon in memory and a state directory of their own.
class Person {
public:
    explicit Person(const std::string& stateDirectory);

    /// The exit code; out and err hold what was written.
    int run(const std::vector<std::string>& args, const std::string& input = {});

    FakeDaemon daemon;
    FixedClock clock;
    CountingRandom random;
    Host host;
    std::map<std::string, std::string> variables;
    std::string out;
    std::string err;
};

}  // namespace hashira::cli

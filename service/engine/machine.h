// SPDX-License-Identifier: MIT
#pragma once

#include "engine/engine.h"

namespace hashira::engine {

/// One step under way: the state, the input and the actions gathered. The members are in the order
/// of a sync: connect, hello, push, apply, fetch, rest.
class Machine {
public:
    Machine(State& state, const Input& input) : m(state), m_input(input) {}
    Actions run();

private:
    // machine.cpp: what may happen at any time
    void on(const Started&);
    void on(const Appended& event);
    void on(const RemoteChanged& event);
    void on(const WatchEnded& event);
    void on(const ChunkCame& event);
    void on(const Woke&);
    void on(const SyncAsked&);
    void on(const PauseAsked& event);
    void on(const DoctorAsked&);
    void on(const WindowMoved& event);
    void on(const IdsWanted& event);
    void on(const Configured& event);
    void on(const WriteFailed& event);
    // network.cpp
    void on(const NetworkChanged& event);
    void on(const MachineWoke&);
    /// It is waited for, without an attempt.
    bool noNetwork() const;
    /// The first word on the network is still to come.
    bool looking() const;
    void waitForNetwork();
    std::int64_t syncIntervalMs() const;
    void syncAtOnce();
    /// Ends the session; it did not fail.
    void letGo();
    /// Takes into account what network the attempt was made over.
    void explain(Error& error, front::WaitingFor& reason) const;
    // hello.cpp
    void on(const HelloCame& event);
    void on(const Forked& event);
    Status check(const sync::Hello& hello) const;
    void meet(const std::string& device, const sync::DeviceState& theirs, const LocalHistory& local,
              bool& setBack);
    void fork(const std::string& device, const LocalHistory& local);
    void measureClock(std::int64_t datastoreMs);
    // calls.cpp
    void on(const ApplyCame& event);
    void on(const PushCame& event);
    void on(const FetchCame& event);
    void fetched(const FetchOutcome& outcome);
    void comparedDigests(const FetchOutcome& outcome);
    void repaired(const FetchOutcome& outcome);
    bool takeResults(const ApplyCame& event);
    void shift(std::int64_t toldMs);
    Status contradiction(const FetchOutcome& outcome) const;
    bool settled() const;

    static front::WaitingFor reasonOf(const Error& error);
    static sync::Scope scopeOf(Bucket bucket);
    bool current(std::uint64_t session) const {
        return session == m.session && m.phase != Phase::kIdle;
    }
    bool runnable() const { return m.settings.configured && !m.pause.paused; }
    void connect();
    void newHello();
    /// Does the next thing that is to be done; nothing while a call is under way.
    void advance();
    bool sendNext();
    /// Whether a Fetch must come before the next Apply.
    bool fetchIsDue() const;
    void sendFetch(FetchKind kind, sync::FetchRequest request);
    void atRest();
    void drop(Error error, front::WaitingFor reason);
    void endDoctor(bool asked, const std::string& problem);
    void await();
    /// Goes on where the pause was for a time that is over.
    void endPause();
    void schedule();

    State& m;
    const Input& m_input;
    Actions m_actions;
};

}  // namespace hashira::engine

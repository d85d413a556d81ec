// SPDX-License-Identifier: MIT
#pragma once

#include "base/network.h"
#include "base/result.h"
#include "model/front.h"
#include "model/sync.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

/// The sync engine: a pure state machine. It has no clock, no randomness and no I/O: what it needs
/// arrives with each input, and what it wants done leaves as actions. Whoever drives it performs
/// the writes in one transaction for each file first, and only when these are committed the sends
/// and the notices.
namespace hashira::engine {

struct Settings {
    bool configured = false;  ///< a datastore is set up
    bool loopback = false;    ///< it is at an address of this machine: retries are quicker
    std::int64_t syncIntervalMs = 0;
    bool looksAtNetwork = false;  ///< NetworkChanged will tell soon what there is
};

/// A device id of the outbox: what was given, and what the datastore confirmed.
struct DeviceSync {
    std::uint64_t confirmed = 0;
    std::uint64_t highest = 0;
    bool current = false;
    bool operator==(const DeviceSync&) const = default;
};

enum class Phase { kIdle, kGreeting, kReady };
enum class Call { kNone, kApply, kPush, kFetch };

/// What a Fetch is for.
enum class FetchKind {
    kDelta,    ///< all changes since the cursor
    kWindow,   ///< the kept weeks and `open`, whole
    kIds,      ///< tasks that a command was made for without a base
    kDigests,  ///< compare weeks
    kRepair    ///< one bucket, whole, at the cursor
};

struct State {
    // --- mirrors of what is on disk ---
    Settings settings;
    front::Pause pause{false};
    std::string account;
    std::string incarnation;
    std::optional<sync::Cursor> cursor;
    std::map<std::string, DeviceSync> devices;
    std::set<std::string> forking;  ///< of devices: their Forked is awaited, and no call is made
    std::map<std::string, std::uint64_t> covered;
    std::optional<Week> windowFrom;
    std::int64_t clockOffsetMs = 0;
    std::int64_t lastSyncMs = 0;    ///< wall clock; 0: never
    std::int64_t lastDoctorMs = 0;  ///< wall clock
    // --- what is wanted ---
    sync::Scope window;
    bool windowNeeded = false;
    bool fetchNeeded = false;
    bool syncAsked = false;
    bool doctorAsked = false;
    int doctorTries = 0;
    bool doctorReport = false;  ///< a person waits for it
    std::set<std::string> wantedIds;
    std::vector<Bucket> repairs;
    // --- the session ---
    std::uint64_t session = 0;
    Phase phase = Phase::kIdle;
    Call call = Call::kNone;
    FetchKind fetchKind = FetchKind::kDelta;
    sync::Scope fetchScope;  ///< what the fetch under way asked for: the window may move meanwhile
    std::vector<std::string> fetchIds;  ///< and more ids may be wanted
    std::optional<Bucket> repairing;
    std::int64_t deadlineMs = 0;    ///< of what is awaited; steady clock
    std::int64_t readySinceMs = 0;  ///< steady clock; of the session's hello
    bool fetched = false;           ///< the session brought a whole Fetch
    std::uint64_t toldVersion = 0;  ///< remoteVersion when the Fetch under way was sent
    std::string sessionIncarnation;
    std::string datastoreVersion;
    std::uint64_t remoteVersion = 0;
    bool pushNeeded = false;
    std::string pushAfter;
    std::optional<sync::Cursor> pushed;
    int batches = 0;  ///< Apply calls since the last Fetch
    /// The history's version after what we know of it: up to here all changes since the last Fetch
    /// are our own, unless `othersWrote`.
    std::uint64_t ownVersion = 0;
    bool othersWrote = false;
    // --- the machine's network ---
    NetworkHint network;
    bool networkTold = false;
    std::int64_t lookUntilMs = 0;  ///< steady clock; by then it is tried without having been told
    bool tryAnyway = false;        ///< a person asked, although there is said to be no network
    bool hintWrong = false;        ///< and it worked: this hint is not believed any more
    // --- waiting ---
    int failures = 0;    ///< in a row
    int hellos = 0;      ///< in a row, until a session came to rest and lasted
    int clockTries = 0;  ///< restampings since a command was accepted
    std::optional<std::int64_t> retryAtMs;
    std::int64_t nextSyncMs = 0;  ///< steady clock
    std::int64_t syncedAtMs = 0;  ///< steady clock; what nextSyncMs counts from
    front::WaitingFor waitingFor = front::WaitingFor::kNothing;
    std::string lastError;
    std::uint32_t weeksCompared = 0;
    std::uint32_t weeksDiffered = 0;

    std::uint64_t pending() const;
};

// --- inputs ---

/// The sync can begin.
struct Started {};
/// Commands were committed to the outbox.
struct Appended {
    std::string device;
    std::uint64_t highest = 0;
};
/// What the outbox knows of a device id that a Hello tells of.
struct LocalHistory {
    std::optional<Hash> hash;  ///< Outbox::hashAt the datastore's last number
    std::string fresh;         ///< an unused device id, should it be needed
};
struct HelloCame {
    std::uint64_t session = 0;
    sync::Hello hello;
    std::map<std::string, LocalHistory> local;
};
/// A Fork is committed. Comes before any other event; where the state was read from disk anew
/// instead, it is no longer asked for.
struct Forked {
    std::string fresh;
    std::uint64_t highest = 0;  ///< how many commands were numbered anew
};
struct RemoteChanged {
    std::uint64_t session = 0;
    std::uint64_t version = 0;
};
struct WatchEnded {
    std::uint64_t session = 0;
    Error error;
};
struct ApplyCame {
    std::uint64_t session = 0;
    std::string device;
    std::vector<std::string> sent;  ///< the command ids, from number `from` on
    std::uint64_t from = 0;
    Result<sync::ApplyResponse> response;
};
struct PushCame {
    std::uint64_t session = 0;
    std::string next;  ///< go on after this id; empty: all pushed
    Result<sync::PushResponse> response;
};
struct FetchOutcome {
    bool helloNeeded = false;
    sync::FetchState state;
    std::uint64_t documents = 0;    ///< how many it brought
    std::vector<Bucket> differing;  ///< kDigests: buckets whose digest is another
    std::uint32_t compared = 0;
};
struct FetchCame {
    std::uint64_t session = 0;
    Result<FetchOutcome> outcome;
};
/// A chunk arrived: the call is alive.
struct ChunkCame {
    std::uint64_t session = 0;
};
/// The time that Actions::wakeAtMs named has come.
struct Woke {};
struct SyncAsked {};
struct PauseAsked {
    front::Pause pause;
};
/// What the operating system says of the network now; at the start, and at each change.
struct NetworkChanged {
    NetworkHint hint;
};
/// The machine was asleep.
struct MachineWoke {};
struct DoctorAsked {};
/// The kept weeks are others: time went on, or the setting changed.
struct WindowMoved {
    sync::Scope window;
};
struct IdsWanted {
    std::vector<std::string> ids;
};
/// A person signed in or out, or changed a setting. `relinked`: the datastore or the token is
/// another one, what runs is given up and begun anew.
struct Configured {
    Settings settings;
    bool relinked = false;
    std::string
        account;  ///< the token's, where it is known: a store without one becomes this one's
};
/// The writes of the last actions could not be committed. `state` was read from disk anew.
struct WriteFailed {
    Error error;
};

using Event =
    std::variant<Started, Appended, HelloCame, Forked, RemoteChanged, WatchEnded, ApplyCame,
                 PushCame, FetchCame, ChunkCame, Woke, SyncAsked, PauseAsked, NetworkChanged,
                 MachineWoke, DoctorAsked, WindowMoved, IdsWanted, Configured, WriteFailed>;

struct Input {
    std::int64_t steadyMs = 0;
    std::int64_t wallMs = 0;   ///< the device's clock, not corrected
    std::uint64_t random = 0;  ///< for jitter
    Event event;
};

// --- actions ---

struct Adopt {
    std::string account;
};
struct SetClockOffset {
    std::int64_t offsetMs = 0;
};
struct SetPaused {
    front::Pause pause;
};
struct Confirm {
    std::string device;
    std::uint64_t through = 0;
    bool byApply = true;
    std::vector<sync::Refusal> refusals;
};
struct Unconfirm {
    std::string device;
    std::uint64_t above = 0;
};
/// Answered by Forked.
struct Fork {
    std::string device;
    std::string fresh;
};
struct Shift {
    std::int64_t toldMs = 0;
};
/// Base, view, cursor and covered change together, by the chunks staged.
struct CommitFetch {
    FetchKind kind = FetchKind::kDelta;
    /// What the documents replace; nothing: they are changes.
    std::optional<sync::Scope> replaced;
    sync::FetchState state;
    /// False: only documents, neither cursor nor covered.
    bool moveCursor = true;
};
struct SaveDoctor {};  ///< the weeks were compared now

using Write = std::variant<Adopt, SetClockOffset, SetPaused, Confirm, Unconfirm, Fork, Shift,
                           CommitFetch, SaveDoctor>;

/// Say hello; covers cursor and all device ids.
struct OpenWatch {
    std::uint64_t session = 0;
};
/// Give up all calls.
struct Close {};
struct SendApply {
    std::uint64_t session = 0;
    std::string device;
    std::uint64_t from = 0;
};
struct SendPush {
    std::uint64_t session = 0;
    std::string after;
};
struct SendFetch {
    std::uint64_t session = 0;
    FetchKind kind = FetchKind::kDelta;
    sync::FetchRequest request;
};

using Send = std::variant<OpenWatch, Close, SendApply, SendPush, SendFetch>;

struct DoctorEnded {
    bool datastoreAsked = false;
    std::uint32_t weeksCompared = 0;
    std::uint32_t weeksDiffered = 0;
    std::string problem;
};

struct Actions {
    std::vector<Write> writes;
    std::vector<Send> sends;
    /// The sync that a person asked for is over.
    std::optional<Status> syncEnded;
    std::optional<DoctorEnded> doctorEnded;
    /// Steady clock; nothing: no timer is needed.
    std::optional<std::int64_t> wakeAtMs;
};

/// One step. Changes the state and says what must be done.
Actions step(State& state, const Input& input);

/// How long to wait after `failures` in a row: full jitter over a ceiling that doubles from 1 s to
/// 5 min, or to 5 s for a datastore on this machine ("Exponential Backoff And Jitter", AWS, 2015).
std::int64_t backoffMs(int failures, bool loopback, std::uint64_t random);

/// What status shows.
front::Connectivity connectivity(const State& state);

}  // namespace hashira::engine

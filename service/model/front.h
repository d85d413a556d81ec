// SPDX-License-Identifier: MIT
#pragma once

#include "base/network.h"
#include "model/command.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What front ends and the daemon say to each other, as values: hashira.proto and daemon.proto
/// without gRPC. The meaning of each member is told there.
namespace hashira::front {

struct Revision {
    std::string epoch;
    std::uint64_t number = 0;
    bool operator==(const Revision&) const = default;
};

enum class Level { kDurable = 1, kApplied = 2, kVisible = 3 };

struct Receipt {
    std::string commandId;
    std::string taskId;
    std::uint64_t number = 0;
    Level level = Level::kDurable;
    bool rejected = false;
    std::string reason;  ///< the datastore's, where rejected
};

struct SendReply {
    std::vector<Receipt> receipts;
    Revision revision;
};

/// A change, with absolute buckets: which offset they are depends on the day of reading.
struct Notice {
    Revision revision;
    std::set<Bucket> buckets;
    bool rejectedChanged = false;
    bool dateTurned = false;
};

/// A wish to pause the sync, or to go on with it.
struct Pause {
    bool paused = true;
    std::int64_t untilMs = 0;  ///< wall clock; it goes on by itself then. 0: when somebody says so
    bool operator==(const Pause&) const = default;
};

enum class Connectivity { kLocalOnly = 1, kConnecting, kOnline, kOffline, kPaused };
/// Numbered as in daemon.proto.
enum class WaitingFor {
    kNothing = 0,
    kNetwork,
    kResume,
    kSignIn,
    kKeyring,
    kClock,
    kTls,
    kToken,
    kAccount,
    kDisk,
    kDatastore
};

struct Status {
    Connectivity connectivity = Connectivity::kLocalOnly;
    WaitingFor waitingFor = WaitingFor::kNothing;
    std::uint64_t pending = 0;
    std::uint64_t rejected = 0;
    std::string lastSync;  ///< a moment, or empty
    std::string lastError;
    std::string nextAttempt;  ///< a moment, or empty
    std::string account;
    std::string device;
    std::string datastore;
    Revision revision;
    std::string version;
    std::string datastoreVersion;
    int weeksKept = 0;
    std::vector<std::string> warnings;
    std::string dataDir;
    std::string pausedUntil;  ///< a moment, or empty
    NetworkHint network;
    bool operator==(const Status&) const = default;
};

/// A task as a short list shows it.
struct TaskLine {
    std::string id;
    std::string name;
    Place place = Place::kTodo;
};

/// A wish to sign in.
struct SignIn {
    std::string datastore;
    std::string token;
    std::string caCertificate;  ///< PEM; empty: the system's roots
    bool checkOnly = false;
    bool adopt = false;
    bool leavePending = false;
};
struct SignedIn {
    Status status;
    std::string account;
    std::uint64_t adopts = 0;
    std::uint64_t leaves = 0;
};

struct RejectedCommand {
    Command command;
    std::string reason;
    std::string taskName;
    std::string made;  ///< a moment
    std::uint32_t dependents = 0;
};

struct DoctorReport {
    std::vector<std::string> findings;
    std::uint32_t weeksCompared = 0;
    std::uint32_t weeksDiffered = 0;
    bool datastoreAsked = false;
    bool healthy = false;
};

}  // namespace hashira::front

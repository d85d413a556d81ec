// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/command.h"
#include "model/front.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hashira::frontend {

/// A task as the daemon shows it: hashira.proto's Task without gRPC, and the week that it came in.
struct Task {
    std::string id;
    std::string name;
    Place place = Place::kBacklog;
    std::string rank;
    std::vector<std::string> labels;
    std::optional<std::string> note;
    std::optional<std::string> due;
    std::optional<std::string> created;
    std::optional<std::string> started;
    std::optional<std::string> done;
    bool deleted = false;
    std::string extraJson;  ///< one JSON object, or empty
    bool pending = false;
    std::string week;  ///< ISO week, "2026-W48"

    bool operator==(const Task&) const = default;
};

/// A command as a front end sends it.
struct OutCommand {
    std::string id;  ///< UUID
    What what = What::kNew;
    std::string payload;
};

struct RetrieveQuery {
    int from = 0;
    int to = 0;
    std::optional<front::Revision> changedSince;
    bool includeDeleted = false;
};

/// A piece of one week; see RetrieveResponse in hashira.proto.
struct Piece {
    std::string week;
    int offset = 0;
    front::Revision revision;
    bool complete = true;
    std::string incompleteReason;
    bool full = true;
    std::vector<Task> tasks;
    std::vector<std::string> removedIds;
    bool last = true;
};

/// See Notification in hashira.proto.
struct Note {
    front::Revision revision;
    bool full = false;
    std::vector<int> weeks;
    bool rejectedChanged = false;
    bool dateTurned = false;
};

/// The daemon as a front end sees it. Every call blocks; ErrorCode::kUnavailable always means that
/// there is no daemon to talk to (or no longer), never a trouble of the daemon's own.
class Client {
public:
    virtual ~Client() = default;

    /// Waits at most that long for a daemon to be there.
    virtual Status connect(int withinMs) = 0;
    virtual Result<front::SendReply> send(const std::vector<OutCommand>& commands) = 0;
    virtual Status retrieve(const RetrieveQuery& query, const std::function<void(Piece)>& take) = 0;
    /// Calls `take` for each notification until it returns false, or cancel(): both are success.
    virtual Status subscribe(const std::optional<front::Revision>& since,
                             const std::function<bool(const Note&)>& take) = 0;
    virtual Result<front::Status> status() = 0;
    /// Calls `take` with the state now and at each change until it returns false, or cancel().
    virtual Status watchStatus(const std::function<bool(front::Status)>& take) = 0;
    virtual Result<front::Status> syncNow() = 0;
    /// `until`: a moment, or empty.
    virtual Result<front::Status> pause(const std::string& until) = 0;
    virtual Result<front::Status> resume() = 0;
    virtual Result<std::vector<front::RejectedCommand>> rejected() = 0;
    virtual Result<front::Receipt> retryRejected(const std::string& commandId) = 0;
    virtual Result<front::Revision> discardRejected(const std::string& commandId) = 0;
    /// kDeadline: not yet.
    virtual Result<front::Receipt> waitFor(const std::string& commandId, front::Level level,
                                           std::int64_t timeoutMs) = 0;
    virtual Result<front::DoctorReport> doctor() = 0;
    virtual Result<front::SignedIn> signIn(const front::SignIn& wanted) = 0;
    virtual Result<front::Status> signOut(bool leavePending) = 0;
    /// Asks the daemon to end; the id of its process, which ends soon after.
    virtual Result<std::uint64_t> shutDown() = 0;

    /// Waits that long, or until cancel().
    virtual void rest(int ms) = 0;
    /// Ends a running connect, rest, subscribe or watchStatus, and all later ones. From any thread.
    virtual void cancel() = 0;
    virtual bool cancelled() const = 0;
};

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#pragma once

#include "base/limits.h"

#include <cstddef>
#include <cstdint>

/// What the datastore lets its callers use up, each with its reason; what of it a daemon must keep
/// too is in base/limits.h.
namespace hashira::datastore::limits {

using namespace hashira::limits;

/// What is read of one request: the largest batch or document, with room for what is around it.
/// gRPC parses a request before its token is looked at, and empty commands take fifty times as much
/// when they are parsed.
inline constexpr std::size_t kRequestBytes = kDocumentBytes + 512 * 1024;
static_assert(kApplyBytes <= kDocumentBytes && kPushBytes <= kDocumentBytes);
/// All headers of a call: a token and what proxies add have a tenth of it.
inline constexpr int kHeaderBytes = 8 * 1024;
/// Calls of one connection at a time: a daemon has a Watch and a few calls, a proxy those of many
/// daemons. Without it one connection may ask for as many as it has numbers for.
inline constexpr int kStreamsOfConnection = 1'000;
/// Read of a connection in one go: what one brings must not be taken apart as a whole before any of
/// it is answered.
inline constexpr int kReadBytes = 16 * 1024;
/// A connection that has not said hello in HTTP/2 (and TLS) by then is closed: gRPC gives it two
/// minutes, and it holds a descriptor.
inline constexpr int kHandshakeMs = 20'000;
/// A client that vanished is asked after so long, and forgotten when it has not answered by then:
/// it holds a descriptor too.
inline constexpr int kKeepaliveMs = 30'000;
inline constexpr int kKeepaliveTimeoutMs = 10'000;
/// Descriptors that connections leave to the database's files and connections, new certificates and
/// whoever asks for metrics: twice what these take. Who connects beyond is cut off at once.
inline constexpr int kSpareDescriptors = 64;

/// Calls of one connection that were answered and that gRPC has not let go of (some 20 KB each). A
/// client has kStreamsOfConnection calls under way, and when one ends it may make the next.
inline constexpr std::size_t kEndedCallsOfConnection = 2'000;
static_assert(kEndedCallsOfConnection >= 2 * kStreamsOfConnection);
/// And of all: the connection that has most of them is cut.
inline constexpr std::size_t kEndedCalls = 20'000;
/// What a connection may bring while it is told nothing: four of the largest requests and more. A
/// body is answered on the way, by its windows; headers without an end are not, nor calls that are
/// taken back faster than anybody looks at them.
inline constexpr std::uint64_t kUnansweredBytes = 16ULL * 1024 * 1024;
static_assert(kUnansweredBytes > 4 * kRequestBytes);
/// And while memory grows fast: one request, which may wait long for its answer just then.
inline constexpr std::uint64_t kUnansweredInFloodBytes = kRequestBytes;
inline constexpr std::uint64_t kFloodBytes = 64ULL * 1024 * 1024;
/// They are looked for when memory has grown by so much, or by an eighth of what it was: many
/// connections take more by themselves, and to look at them all takes time. Two seconds each time.
inline constexpr std::uint64_t kLookBytes = 16ULL * 1024 * 1024;
inline constexpr std::uint64_t kLookShare = 8;
inline constexpr int kLookMs = 100;
inline constexpr int kLooks = 20;

/// More streams than devices a person could have: a daemon that opens them in a loop is told.
inline constexpr std::size_t kWatchersOfAccount = 1'000;
/// In all: each costs about 40 KB and a descriptor; beyond it, another replica.
inline constexpr std::size_t kWatchers = 50'000;

/// Commands and calls of one account, in the long run: a hundred times what busy devices do.
inline constexpr std::int64_t kCommandsASecond = 1'000;
/// And at once: the largest import, or a datastore that is made whole by its devices.
inline constexpr std::int64_t kCommandsAtOnce = 500'000;

/// So long may a Fetch wait for a client that takes nothing while others wait for what it holds:
/// one of a few connections, and the turn of those whose token is not known yet. Where nobody
/// waits, a link that stalls has kCallTimeoutMs.
inline constexpr std::int64_t kStalledFetchMs = 2'000;

/// What the texts of one account's tasks take: twice the largest store that is built for, a million
/// tasks of 2 KB, so that one account cannot fill the disk of all (`--account-megabytes`).
inline constexpr std::int64_t kAccountBytes = 4LL * 1024 * 1024 * 1024;
/// Its daemons take no more than this in one Fetch.
static_assert(kAccountBytes <= kFetchBytes);

/// How long a deleted task can still be restored, and how long a device may be away and ask for
/// what changed since: longer than daemons keep their commands (twenty weeks at most), so that no
/// command comes that is older. Operators may choose another time (`--retention`).
inline constexpr std::int64_t kRetentionMs = 180LL * 24 * 60 * 60 * 1'000;
/// A round over the accounts: an hour more or less does not matter to anybody. Where things are
/// kept for less than a day, that part of it, and not more than once a second.
inline constexpr std::int64_t kSweepIntervalMs = 60 * 60 * 1'000;
inline constexpr int kSweepsInRetention = 24;
inline constexpr std::int64_t kSweepIntervalLeastMs = 1'000;
/// Before the first round after a start, so that daemons that come back need not share the disk.
inline constexpr std::int64_t kSweepStartMs = 10'000;
/// One step holds an account, and SQLite's one writer, for as long as one Apply does.
inline constexpr int kSweepDocuments = 100;
inline constexpr int kSweepVersions = 500;
/// Accounts that are looked at in one statement.
inline constexpr int kSweepAccounts = 100;
/// After each step it rests nine times as long as the step took: a tenth of one connection at most.
inline constexpr int kSweepRest = 9;
/// But not longer: a step that had to wait for a lock says nothing of its own work. So long it
/// waits, too, before it tries a full queue again.
inline constexpr std::int64_t kSweepRestMs = 1'000;

/// The calls of tokens that nothing is known of stand in so many lanes of the queue, and cannot
/// fill it: whoever guesses tokens makes others wait who come for the first time, and nobody else.
inline constexpr int kStrangerLanes = 3;

}  // namespace hashira::datastore::limits

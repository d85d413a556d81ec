// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of Hashira with its reason. Daemon and datastore keep the same ones, so that what
/// one accepts the other does too. "Characters" are Unicode code points.
namespace hashira::limits {

// --- fields: generous for people, small enough that a page of tasks stays a page ---
inline constexpr std::size_t kNameCharacters = 1'000;
inline constexpr std::size_t kNoteCharacters = 65'536;
inline constexpr std::size_t kLabels = 64;
inline constexpr std::size_t kLabelCharacters = 100;
/// Ranks grow with the logarithm of the moves between two neighbours: 256 is never reached by use.
inline constexpr std::size_t kRankCharacters = 256;
inline constexpr std::size_t kFieldNameCharacters = 100;
/// Fields of one task, known and unknown: a document is read whole, so it stays small.
inline constexpr std::size_t kFields = 200;
/// Our parsers keep their own stack, but those of others recurse.
inline constexpr int kJsonDepth = 32;
/// A document puts a value of the deepest payload into an array, itself, its fields and a pair with
/// the stamp, where the payload had one object: three levels more.
inline constexpr int kDocumentDepth = kJsonDepth + 3;
/// One payload: holds the longest note in any escape.
inline constexpr std::size_t kPayloadBytes = 1024 * 1024;
/// One document with its stamps: two payloads, so that no single edit of a fresh task can pass it.
inline constexpr std::size_t kDocumentBytes = 2 * 1024 * 1024;

// --- local protocol ---
inline constexpr std::size_t kSendCommands = 20'000;
inline constexpr std::size_t kSendBytes = 16 * 1024 * 1024;
/// Pieces of Retrieve: 64 KiB messages are parsed four times as fast as one of 2 MB.
inline constexpr std::size_t kPieceBytes = 64 * 1024;
/// Descriptors that front ends leave to the daemon itself: its stores are open before it listens,
/// what comes later (the link, D-Bus, plugins, threads of Qt's) takes some 20. Whoever connects
/// beyond is cut off at once.
inline constexpr int kSpareDescriptors = 64;
/// Calls that wait for the core thread; beyond it a caller hears RESOURCE_EXHAUSTED.
inline constexpr std::size_t kMailboxCalls = 4'096;
/// What the commands take that wait for the core thread: a few of the largest Sends, so that many
/// front ends that import at once cannot fill the memory.
inline constexpr std::size_t kMailboxBytes = 64 * 1024 * 1024;
/// Weeks back that can be asked for: about 190 years.
inline constexpr int kWeekOffset = 10'000;
inline constexpr int kWeeksKeptDefault = 10;

// --- sync protocol ---
/// A task that was deleted longer ago is restored with all that is in it, as a datastore may have
/// kept the deletion alone. By then the other devices' changes are known.
inline constexpr std::int64_t kRestoredBareMs = 24LL * 3'600 * 1'000;

/// A batch of Apply: one fsync at the datastore for this many commands.
inline constexpr std::size_t kApplyCommands = 500;
inline constexpr std::size_t kApplyBytes = 2 * 1024 * 1024;
/// A Fetch piece or a Push: below gRPC's 4 MiB default with room for one largest document.
inline constexpr std::size_t kChunkBytes = 256 * 1024;
inline constexpr std::size_t kPushBytes = 1024 * 1024;
inline constexpr std::size_t kFetchIds = 1'000;
inline constexpr std::size_t kWatchDevices = 1'000;
inline constexpr std::size_t kMessageBytes = 8 * 1024 * 1024;
/// Chunks that a daemon holds in memory while a Fetch runs; more is staged on disk.
inline constexpr std::size_t kStagedBytes = 8 * 1024 * 1024;

// --- what is taken from a datastore, which may lie or be broken (engine/fetch_check.h) ---
/// A Fetch piece ends before the document that passes kChunkBytes, or is one largest document.
inline constexpr std::size_t kChunkMostBytes = kChunkBytes + kDocumentBytes;
/// The smallest document has about 80 bytes: a piece of kChunkBytes holds no more than this.
inline constexpr std::size_t kChunkDocuments = 4'000;
/// One whole Fetch: four times the largest store that is built for, of tasks of 2 KB. A stream
/// without an end is cut here.
inline constexpr std::uint64_t kFetchDocuments = 4'000'000;
inline constexpr std::uint64_t kFetchBytes = 8ULL * 1024 * 1024 * 1024;
/// Older weeks that a person asks for are held in memory until they are shown.
inline constexpr std::uint64_t kReadThroughBytes = 256ULL * 1024 * 1024;
/// Versions and numbers are 64-bit integers with a sign in SQLite and PostgreSQL.
inline constexpr std::uint64_t kVersionMost = 1ULL << 62;
/// Our datastore's history tokens have 12 characters, its incarnations 36.
inline constexpr std::size_t kCursorTokenBytes = 200;
/// Its words: a version, a refusal's reason, an error's message. They are kept, and shown.
inline constexpr std::size_t kVersionTextBytes = 100;
inline constexpr std::size_t kReasonBytes = 2'000;
/// Messages in a Fetch that are of no kind known here: a newer datastore's.
inline constexpr int kForeignMessages = 1'000;
/// Notifications in a second. One a transaction is normal, and no account makes so many.
inline constexpr int kChangesASecond = 5'000;
/// A session that came to rest and lasted this long begins the backoff anew; one that ends sooner,
/// again and again, is tried ever more seldom.
inline constexpr std::int64_t kSettledMs = 3'000;
/// The years 2020 to 2200: a datastore whose clock shows another moment would drag the stamps of
/// its account there.
inline constexpr std::int64_t kDatastoreLeastMs = 1'577'836'800'000;
inline constexpr std::int64_t kDatastoreMostMs = 7'258'118'400'000;

// --- what the datastore serves ---
/// What a call is told that finds the queue full: by then a queue of the slowest calls is worked
/// off.
inline constexpr std::int64_t kOverloadRetryMs = 5'000;

// --- clocks ---
/// A stamp further ahead than this of the datastore's clock is held off. A day: with a minute,
/// ordinary wrong clocks were corrected too often and lost edits (tried in a model).
inline constexpr std::int64_t kClockAheadMs = 24LL * 3'600 * 1'000;
/// No moment of a stamp lies beyond the year 9999: a hostile or broken one cannot poison the clock
/// for ever.
inline constexpr std::int64_t kStampMs = 253'402'300'799'999;

// --- time ---
inline constexpr std::int64_t kSyncIntervalMs = 60'000;
/// Where the network costs money the periodic sync is this much rarer: ten minutes by default. Each
/// costs a few kilobytes, and changes come by notification all the same.
inline constexpr std::int64_t kMeteredFactor = 10;
/// The first attempt waits this long to hear what network there is. The answer of NetworkManager
/// takes some 20 ms; one that hangs must not keep anybody from syncing.
inline constexpr std::int64_t kNetworkLookMs = 2'000;
inline constexpr std::int64_t kBackoffFirstMs = 1'000;
inline constexpr std::int64_t kBackoffMostMs = 300'000;
/// To loopback the datastore is a program on this machine: a person who starts it waits for it.
inline constexpr std::int64_t kBackoffMostLoopbackMs = 5'000;
/// A datastore that has too much to do says when to come back. It is believed up to this: a wrong
/// or hostile one must not keep a daemon away for good.
inline constexpr std::int64_t kRetryAfterMostMs = kBackoffMostMs;
/// Covered commands stay in the log at least this long, to repeat them to a datastore set back.
inline constexpr std::int64_t kLogKeptMs = 10LL * 7 * 24 * 3'600 * 1'000;
/// The daemon compares its weeks with the datastore's this often by itself.
inline constexpr std::int64_t kDoctorIntervalMs = 24LL * 3'600 * 1'000;
/// A link on which nothing came for this long is asked whether it is alive, and given up when it
/// says nothing for so long then: together under 30 s, and as seldom as that allows, since each
/// question wakes up a machine at rest.
inline constexpr int kLinkQuietMs = 17'000;
inline constexpr int kLinkAnswerMs = 8'000;
/// A daemon to which nothing has happened for this long, and up to twice this long, gives back the
/// memory that it does not need at rest. What is asked next takes half a millisecond more, so not
/// while somebody is at work; and it is soon, as after each sync, which needs little of it.
inline constexpr int kRestAfterMs = 5'000;
/// A call to the datastore that says nothing for this long is given up.
inline constexpr std::int64_t kCallTimeoutMs = 30'000;

}  // namespace hashira::limits

// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/sync.h"

#include <functional>
#include <memory>
#include <string>

namespace hashira::remote {

struct WatchHandlers {
    std::function<void(sync::Hello)> hello;
    std::function<void(std::uint64_t version)> changed;
    std::function<void(Error)> ended;  ///< the stream is over; at most once
};

/// How a Fetch ended well.
struct FetchEnd {
    bool helloNeeded = false;
    sync::FetchState state;  ///< where !helloNeeded
};

/// Asks for the next chunk; with false the Fetch is given up, and no handler is called any more.
using Next = std::function<void(bool more)>;

struct FetchHandlers {
    /// The next chunk is read only when `next` was called: memory stays bounded.
    std::function<void(sync::Chunk, Next next)> chunk;
    std::function<void(Result<FetchEnd>)> ended;  ///< exactly once unless closed or given up
};

/// The port to the datastore. All members are called on one thread (the core's), and all handlers
/// are called on it, never from within a member. Errors: kUnavailable (worth a retry),
/// kUnauthenticated (the token), kDenied (TLS), kInvalid, kExhausted, kDeadline.
class Link {
public:
    virtual ~Link() = default;
    /// Opens the standing stream. An earlier one is cancelled, and its handlers are not called any
    /// more.
    virtual void watch(sync::WatchRequest request, WatchHandlers handlers) = 0;
    virtual void apply(sync::ApplyRequest request,
                       std::function<void(Result<sync::ApplyResponse>)> reply) = 0;
    virtual void push(sync::PushRequest request,
                      std::function<void(Result<sync::PushResponse>)> reply) = 0;
    virtual void fetch(sync::FetchRequest request, FetchHandlers handlers) = 0;
    /// Cancels all: no handler is called any more.
    virtual void close() = 0;
};

/// hashira://host:port (TLS) or hashira+plaintext://127.0.0.1:port (loopback only).
struct DatastoreUrl {
    bool tls = true;
    std::string target;  ///< host:port
    bool loopback = false;
    static Result<DatastoreUrl> parse(const std::string& text);
};

struct LinkSettings {
    DatastoreUrl url;
    std::string token;
    std::string caFile;              ///< empty: the system's roots
    std::string caCertificate = {};  ///< PEM, instead of a file
};

/// Runs a function on the core thread, later.
using Post = std::function<void(std::function<void()>)>;

/// The link over gRPC. `post` may be called from any thread and outlives the link.
std::unique_ptr<Link> makeGrpcLink(const LinkSettings& settings, Post post);

}  // namespace hashira::remote

// SPDX-License-Identifier: MIT
#pragma once

#include "remote/link.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hashira::sim {

using Request =
    std::variant<sync::WatchRequest, sync::ApplyRequest, sync::PushRequest, sync::FetchRequest>;

/// One item of a fetch's answer.
using FetchItem = std::variant<sync::Chunk, remote::FetchEnd>;
/// One item of a watch's stream.
using WatchItem = std::variant<sync::Hello, std::uint64_t>;

/// A message on its way.
struct Packet {
    int device = 0;
    std::uint64_t call = 0;
    bool toServer = true;
    bool repeated =
        false;  ///< a copy of a request that was delivered already: its answer goes nowhere
    std::optional<Request> request;
    std::string baseToken;  ///< the token of the sender's cursor when it sent
    // one of these on the way back
    std::optional<Result<sync::ApplyResponse>> applied;
    std::optional<Result<sync::PushResponse>> pushed;
    std::deque<FetchItem> fetched;
    bool watchItem = false;  ///< the next item of the call's stream
    std::optional<Error> failed;
};

class Network;

/// The link of one device: calls become packets, and packets become calls of handlers, never from
/// within a member.
class SimLink final : public remote::Link {
public:
    SimLink(Network& network, int device) : m_network(network), m_device(device) {}
    ~SimLink() override;

    void watch(sync::WatchRequest request, remote::WatchHandlers handlers) override;
    void apply(sync::ApplyRequest request,
               std::function<void(Result<sync::ApplyResponse>)> reply) override;
    void push(sync::PushRequest request,
              std::function<void(Result<sync::PushResponse>)> reply) override;
    void fetch(sync::FetchRequest request, remote::FetchHandlers handlers) override;
    void close() override;

    /// Delivers an answer; false where nobody waits for it. A fetch with items left is returned to
    /// the network.
    bool deliver(Packet packet);
    /// All calls end with an error, as when a connection breaks.
    void cut();

private:
    std::uint64_t open(Request request);

    Network& m_network;
    int m_device;
    std::map<std::uint64_t, remote::WatchHandlers> m_watches;
    std::map<std::uint64_t, std::function<void(Result<sync::ApplyResponse>)>> m_applies;
    std::map<std::uint64_t, std::function<void(Result<sync::PushResponse>)>> m_pushes;
    std::map<std::uint64_t, remote::FetchHandlers> m_fetches;
};

/// All packets under way, and the streams of watchers at the datastore.
class Network {
public:
    std::vector<Packet> packets;
    std::map<int, SimLink*> links;
    /// A device that died in the middle of a step sends no more.
    std::function<bool(int device)> dead;
    /// The token of the device's cursor now.
    std::function<std::string(int device)> baseToken;
    struct Stream {
        int device = 0;
        std::deque<WatchItem> items;
    };
    std::map<std::uint64_t, Stream> streams;  ///< by call
    std::uint64_t calls = 0;

    void send(Packet packet) {
        if (!dead || !dead(packet.device)) packets.push_back(std::move(packet));
    }
};

}  // namespace hashira::sim

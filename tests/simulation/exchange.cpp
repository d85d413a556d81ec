// SPDX-License-Identifier: MIT
#include "simulation/exchange.h"

#include <utility>

namespace hashira::sim {

std::string Exchange::serve(const Packet& packet) {
    const std::uint64_t before = datastore.version();
    Packet back;
    back.device = packet.device;
    back.call = packet.call;
    back.toServer = false;
    if (const auto* watch = std::get_if<sync::WatchRequest>(&*packet.request)) {
        if (packet.repeated) return {};
        auto hello = datastore.hello(*watch);
        if (!hello) return "hello: " + hello.error().message;
        network.streams[packet.call] = {packet.device, {std::move(*hello)}};
        back.watchItem = true;
    } else if (const auto* apply = std::get_if<sync::ApplyRequest>(&*packet.request)) {
        back.applied = datastore.apply(*apply, refuse);
        if (!*back.applied) return "apply: " + back.applied->error().message;
    } else if (const auto* push = std::get_if<sync::PushRequest>(&*packet.request)) {
        back.pushed = datastore.push(*push, datastore.appliedAt(packet.baseToken));
        if (!*back.pushed) return "push: " + back.pushed->error().message;
    } else {
        auto fetched = datastore.fetch(std::get<sync::FetchRequest>(*packet.request));
        if (!fetched) return "fetch: " + fetched.error().message;
        for (sync::Chunk& chunk : fetched->chunks) back.fetched.emplace_back(std::move(chunk));
        back.fetched.emplace_back(std::move(fetched->end));
    }
    if (datastore.version() != before) broadcast();
    if (!packet.repeated) network.packets.push_back(std::move(back));
    return {};
}

void Exchange::answer(Packet packet) {
    const auto link = network.links.find(packet.device);
    if (link == network.links.end() || network.dead(packet.device)) return;
    link->second->deliver(std::move(packet));
}

void Exchange::broadcast() {
    for (auto& [call, stream] : network.streams) {
        stream.items.emplace_back(datastore.version());
        Packet packet;
        packet.device = stream.device;
        packet.call = call;
        packet.toServer = false;
        packet.watchItem = true;
        network.packets.push_back(std::move(packet));
    }
}

}  // namespace hashira::sim

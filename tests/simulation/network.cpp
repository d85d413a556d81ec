// SPDX-License-Identifier: MIT
#include "simulation/network.h"

#include <utility>

namespace hashira::sim {

SimLink::~SimLink() {
    close();
    const auto found = m_network.links.find(m_device);
    if (found != m_network.links.end() && found->second == this) m_network.links.erase(found);
}

std::uint64_t SimLink::open(Request request) {
    Packet packet;
    packet.device = m_device;
    packet.call = ++m_network.calls;
    if (std::holds_alternative<sync::PushRequest>(request))
        packet.baseToken = m_network.baseToken(m_device);
    packet.request = std::move(request);
    const std::uint64_t call = packet.call;
    m_network.send(std::move(packet));
    return call;
}

void SimLink::watch(sync::WatchRequest request, remote::WatchHandlers handlers) {
    for (const auto& [call, old] : m_watches) m_network.streams.erase(call);
    m_watches.clear();
    m_watches[open(std::move(request))] = std::move(handlers);
}

void SimLink::apply(sync::ApplyRequest request,
                    std::function<void(Result<sync::ApplyResponse>)> reply) {
    m_applies[open(std::move(request))] = std::move(reply);
}

void SimLink::push(sync::PushRequest request,
                   std::function<void(Result<sync::PushResponse>)> reply) {
    m_pushes[open(std::move(request))] = std::move(reply);
}

void SimLink::fetch(sync::FetchRequest request, remote::FetchHandlers handlers) {
    m_fetches[open(std::move(request))] = std::move(handlers);
}

void SimLink::close() {
    for (const auto& [call, handlers] : m_watches) m_network.streams.erase(call);
    m_watches.clear();
    m_applies.clear();
    m_pushes.clear();
    m_fetches.clear();
}

void SimLink::cut() {
    const Error error{ErrorCode::kUnavailable, "the link was cut"};
    const auto watches = std::exchange(m_watches, {});
    const auto applies = std::exchange(m_applies, {});
    const auto pushes = std::exchange(m_pushes, {});
    const auto fetches = std::exchange(m_fetches, {});
    for (const auto& [call, handlers] : watches) m_network.streams.erase(call);
    for (const auto& [call, reply] : applies) reply(error);
    for (const auto& [call, reply] : pushes) reply(error);
    for (const auto& [call, handlers] : fetches) handlers.ended(error);
    for (const auto& [call, handlers] : watches) handlers.ended(error);
}

bool SimLink::deliver(Packet packet) {
    if (packet.applied) {
        auto found = m_applies.extract(packet.call);
        if (!found) return false;
        found.mapped()(std::move(*packet.applied));
        return true;
    }
    if (packet.pushed) {
        auto found = m_pushes.extract(packet.call);
        if (!found) return false;
        found.mapped()(std::move(*packet.pushed));
        return true;
    }
    if (packet.watchItem) {
        const auto stream = m_network.streams.find(packet.call);
        const auto found = m_watches.find(packet.call);
        if (stream == m_network.streams.end() || found == m_watches.end()) return false;
        const remote::WatchHandlers handlers = found->second;
        WatchItem item = std::move(stream->second.items.front());
        stream->second.items.pop_front();
        if (auto* hello = std::get_if<sync::Hello>(&item))
            handlers.hello(std::move(*hello));
        else
            handlers.changed(std::get<std::uint64_t>(item));
        return true;
    }
    const auto found = m_fetches.find(packet.call);
    if (found == m_fetches.end()) return false;
    const remote::FetchHandlers handlers = found->second;
    if (packet.failed) {
        m_fetches.erase(found);
        handlers.ended(*packet.failed);
        return true;
    }
    FetchItem item = std::move(packet.fetched.front());
    packet.fetched.pop_front();
    if (auto* chunk = std::get_if<sync::Chunk>(&item)) {
        handlers.chunk(std::move(*chunk), [this, packet](bool more) mutable {
            if (more)
                m_network.send(std::move(packet));
            else
                m_fetches.erase(packet.call);
        });
    } else {
        m_fetches.erase(found);
        handlers.ended(std::move(std::get<remote::FetchEnd>(item)));
    }
    return true;
}

}  // namespace hashira::sim

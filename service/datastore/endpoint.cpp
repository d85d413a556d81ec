// SPDX-License-Identifier: MIT
#include "datastore/endpoint.h"

#include <charconv>

namespace hashira::datastore {
namespace {

/// A literal address of 127.0.0.0/8: a name that only begins like one is anybody's.
bool isLoopbackV4(const std::string& host) {
    int parts = 0;
    for (const char *at = host.data(), *end = at + host.size();; ++at) {
        unsigned value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc() || value > 255 || (parts == 0 && value != 127)) return false;
        at = next;
        if (++parts == 4) return at == end;
        if (at == end || *at != '.') return false;
    }
}

}  // namespace

Result<Endpoint> Endpoint::parse(const std::string& text) {
    const Error bad = invalid("the endpoint \"" + text + "\" must be tcp:HOST:PORT");
    const std::string scheme = "tcp:";
    const auto colon = text.rfind(':');
    if (text.rfind(scheme, 0) != 0 || colon <= scheme.size()) return bad;
    Endpoint endpoint;
    endpoint.host = text.substr(scheme.size(), colon - scheme.size());
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (error != std::errc() || at != end) return bad;
    const bool bracketed = endpoint.host.front() == '[' && endpoint.host.back() == ']';
    if (!bracketed && endpoint.host.find(':') != std::string::npos) return bad;
    return endpoint;
}

std::string Endpoint::target() const {
    return host + ':' + std::to_string(port);
}

bool Endpoint::loopback() const {
    return host == "localhost" || host == "[::1]" || isLoopbackV4(host);
}

}  // namespace hashira::datastore

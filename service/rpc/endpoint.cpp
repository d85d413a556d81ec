// SPDX-License-Identifier: MIT
#include "rpc/server.h"

#include <charconv>
#include <string_view>

namespace hashira::rpc {
namespace {

/// sun_path of Linux without its last zero; macOS has 103, and says so at bind.
constexpr std::size_t kPathBytes = 107;

bool isLoopback(std::string_view host) {
    if (host == "::1") return true;
    if (host.substr(0, 4) != "127.") return false;
    int dots = 0;
    std::size_t digits = 0;
    int part = 0;
    for (const char c : host) {
        if (c == '.') {
            if (digits == 0) return false;
            ++dots;
            digits = 0;
            part = 0;
        } else if (c >= '0' && c <= '9') {
            part = part * 10 + (c - '0');
            if (++digits > 3 || part > 255) return false;
        } else {
            return false;
        }
    }
    return dots == 3 && digits > 0;
}

Result<Endpoint> parseTcp(const std::string& text, std::string_view address) {
    const Error bad = invalid("the endpoint \"" + text +
                              "\" must be tcp:127.0.0.1:PORT, with a port from 0 to 65535");
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return bad;
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::kTcp;
    const std::string_view port = address.substr(colon + 1);
    const auto [end, problem] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (port.empty() || problem != std::errc() || end != port.data() + port.size()) return bad;
    std::string_view host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    if (!isLoopback(host))
        return invalid("the endpoint \"" + text +
                       "\" is not on this machine: only 127.0.0.1 and [::1] are allowed");
    endpoint.host = host;
    return endpoint;
}

}  // namespace

Result<Endpoint> Endpoint::parse(const std::string& text) {
    if (text.rfind("tcp:", 0) == 0) return parseTcp(text, std::string_view(text).substr(4));
    if (text.rfind("unix:", 0) != 0 || text.size() == 5)
        return invalid("the endpoint \"" + text + "\" must be unix:PATH or tcp:127.0.0.1:PORT");
    Endpoint endpoint;
    endpoint.path = text.substr(5);
    if (endpoint.path.rfind("//", 0) == 0) endpoint.path.erase(0, 2);  // unix:///absolute
    if (endpoint.path.size() > kPathBytes)
        return invalid("the socket's path has " + std::to_string(endpoint.path.size()) +
                       " bytes, at most " + std::to_string(kPathBytes) +
                       " are possible: choose a shorter one (" + endpoint.path + ")");
    if (endpoint.path.empty() || endpoint.path.find('\0') != std::string::npos)
        return invalid("the endpoint \"" + text + "\" has no path");
    return endpoint;
}

std::string Endpoint::text() const {
    if (kind == Kind::kUnix) return "unix:" + path;
    const bool six = host.find(':') != std::string::npos;
    return "tcp:" + (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace hashira::rpc

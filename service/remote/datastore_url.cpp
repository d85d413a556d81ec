// SPDX-License-Identifier: MIT
#include "remote/link.h"

#include <charconv>
#include <cstdint>

namespace hashira::remote {
namespace {

/// A literal IPv4 address of 127.0.0.0/8: a name that only begins like one is anybody's.
bool isLoopbackV4(std::string_view host) {
    int parts = 0;
    while (!host.empty()) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(host.data(), host.data() + host.size(), value);
        if (error != std::errc() || value > 255 || (parts == 0 && value != 127)) return false;
        ++parts;
        host.remove_prefix(static_cast<std::size_t>(end - host.data()));
        if (!host.empty() && (host.front() != '.' || host.size() == 1)) return false;
        if (!host.empty()) host.remove_prefix(1);
    }
    return parts == 4;
}

bool isPort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0;
}

/// Letters, digits, dots, dashes; or an IPv6 address in brackets.
bool isHost(std::string_view host) {
    if (host.empty()) return false;
    const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
    if (bracketed) host = host.substr(1, host.size() - 2);
    for (const char c : host) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
        if (!plain && !(bracketed && (c == ':' || c == '%'))) return false;
    }
    return true;
}

}  // namespace

Result<DatastoreUrl> DatastoreUrl::parse(const std::string& text) {
    constexpr std::string_view kTls = "hashira://";
    constexpr std::string_view kPlain = "hashira+plaintext://";
    DatastoreUrl url;
    std::string_view rest = text;
    url.tls = rest.substr(0, kTls.size()) == kTls;
    if (!url.tls && rest.substr(0, kPlain.size()) != kPlain)
        return invalid("the datastore \"" + text +
                       "\" must be hashira://HOST:PORT or hashira+plaintext://127.0.0.1:PORT");
    rest.remove_prefix(url.tls ? kTls.size() : kPlain.size());
    if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || !isPort(rest.substr(colon + 1)) ||
        !isHost(rest.substr(0, colon)))
        return invalid("the datastore \"" + text + "\" must name HOST:PORT");
    const std::string_view host = rest.substr(0, colon);
    url.target = rest;
    url.loopback = host == "localhost" || host == "[::1]" || isLoopbackV4(host);
    if (!url.tls && !url.loopback)
        return invalid("the datastore \"" + text +
                       "\": plaintext goes to this machine only; use hashira:// (TLS)");
    return url;
}

}  // namespace hashira::remote

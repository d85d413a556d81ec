// SPDX-License-Identifier: MIT
#include "status_text.h"

#include "task.h"
#include "text.h"

#include "model/json.h"

namespace hashira::cli {
namespace {

using front::Connectivity;
using front::WaitingFor;

std::string connectivityWords(Connectivity connectivity) {
    switch (connectivity) {
        case Connectivity::kLocalOnly: return "local only: no datastore is set up";
        case Connectivity::kConnecting: return "connecting";
        case Connectivity::kOnline: return "online";
        case Connectivity::kOffline: return "offline";
        case Connectivity::kPaused: return "paused";
    }
    return "unknown";
}

/// What it waits for, and what a person can do about it.
std::string waitingWords(WaitingFor waiting, Reach reach) {
    switch (waiting) {
        case WaitingFor::kNothing: return {};
        case WaitingFor::kNetwork:
            if (reach == Reach::kNone)
                return "this machine has no network; it goes on by itself when there is one";
            return "the datastore cannot be reached; it is tried again by itself, at once with "
                   "\"hashira sync\"";
        case WaitingFor::kResume: return "a person paused it; \"hashira resume\" goes on";
        case WaitingFor::kSignIn:
            return "nobody is signed in; \"hashira login URL\" signs in to a datastore";
        case WaitingFor::kKeyring:
            return "the keyring that holds the token is locked or away; unlock it, or run "
                   "\"hashira sync\" to be asked. It goes on by itself then";
        case WaitingFor::kClock:
            return "this machine's clock is more than a day ahead; set it right";
        case WaitingFor::kTls:
            return "the datastore's certificate was refused; check its name and --datastore-ca";
        case WaitingFor::kToken:
            return "the datastore refused the token; sign in again with a new one (\"hashira "
                   "login\"), or give hashirad another --token-file";
        case WaitingFor::kAccount:
            return "the data directory belongs to another account than the token; sign in with "
                   "\"hashira login\", or use another --data-dir";
        case WaitingFor::kDisk: return "the disk is full or cannot be written; make room";
        case WaitingFor::kDatastore:
            return "the datastore cannot serve now, or its answers cannot be taken; see the last "
                   "error and tell whoever runs it. Nothing is lost, and it is tried again by "
                   "itself";
    }
    return {};
}

/// What a person must know of the network; empty where it is as it should be.
std::string networkWords(const NetworkHint& network) {
    switch (network.reach) {
        case Reach::kPortal:
            return "you must sign in to this network first; open any web page in a browser";
        case Reach::kLocal: return "reaches the next machines only";
        case Reach::kSite: return "reaches its own site only";
        default: return network.metered ? "metered; synced less often" : "";
    }
}

void put(std::string& out, std::string_view name, const std::string& value) {
    out += (out.empty() ? "{" : ",") + json::quoted(name) + ":" + value;
}

std::string changes(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " change" : " changes");
}

}  // namespace

std::string_view connectivityName(Connectivity connectivity) {
    switch (connectivity) {
        case Connectivity::kLocalOnly: return "local_only";
        case Connectivity::kConnecting: return "connecting";
        case Connectivity::kOnline: return "online";
        case Connectivity::kOffline: return "offline";
        case Connectivity::kPaused: return "paused";
    }
    return "unknown";
}

std::string_view waitingName(WaitingFor waiting) {
    constexpr std::string_view kNames[] = {"",        "network", "resume",   "sign_in",
                                           "keyring", "clock",   "tls",      "token",
                                           "account", "disk",    "datastore"};
    const auto index = static_cast<std::size_t>(waiting);
    return index < std::size(kNames) ? kNames[index] : "unknown";
}

std::string_view networkName(Reach reach) {
    constexpr std::string_view kNames[] = {"", "none", "portal", "local", "site", "online"};
    const auto index = static_cast<std::size_t>(reach);
    return index < std::size(kNames) ? kNames[index] : "unknown";
}

std::string statusJson(const front::Status& status) {
    std::string out;
    put(out, "connectivity", json::quoted(connectivityName(status.connectivity)));
    put(out, "waiting_for", textOrNull(waitingName(status.waitingFor)));
    put(out, "pending", std::to_string(status.pending));
    put(out, "rejected", std::to_string(status.rejected));
    put(out, "last_sync", textOrNull(status.lastSync));
    put(out, "last_error", textOrNull(status.lastError));
    put(out, "next_attempt", textOrNull(status.nextAttempt));
    put(out, "account", textOrNull(status.account));
    put(out, "device", textOrNull(status.device));
    put(out, "datastore", textOrNull(status.datastore));
    put(out, "revision", std::to_string(status.revision.number));
    put(out, "epoch", textOrNull(status.revision.epoch));
    put(out, "version", textOrNull(status.version));
    put(out, "datastore_version", textOrNull(status.datastoreVersion));
    put(out, "weeks_kept", std::to_string(status.weeksKept));
    put(out, "warnings", labelsJson(status.warnings));
    put(out, "data_dir", textOrNull(status.dataDir));
    put(out, "paused_until", textOrNull(status.pausedUntil));
    put(out, "network", textOrNull(networkName(status.network.reach)));
    put(out, "metered", status.network.metered ? "true" : "false");
    return out + "}";
}

std::string statusText(const front::Status& status, const Now& now, bool color) {
    const Paint paint(color);
    std::string out;
    const auto row = [&](const char* name, const std::string& value) {
        if (!value.empty()) out += padded(name, 11) + value + "\n";
    };
    const bool good = status.connectivity == Connectivity::kOnline ||
                      status.connectivity == Connectivity::kLocalOnly;
    row("state", paint(good ? kGreen : kYellow, connectivityWords(status.connectivity)));
    const bool local =
        status.connectivity == Connectivity::kLocalOnly && status.waitingFor == WaitingFor::kSignIn;
    if (!status.pausedUntil.empty())
        row("until",
            escaped(sayDue(status.pausedUntil, now)) + "; \"hashira resume\" goes on before it");
    else if (!local)
        row("waits", waitingWords(status.waitingFor, status.network.reach));
    if (!local) row("network", networkWords(status.network));
    row("pending", status.pending == 0 ? "nothing" : changes(status.pending) + " not synced yet");
    if (status.rejected != 0)
        row("rejected", paint(kRed, changes(status.rejected)) + "; see \"hashira rejected\"");
    row("last sync", status.lastSync.empty() ? (local ? "" : "never")
                                             : escaped(sayRelative(status.lastSync, now)));
    row("last error", escaped(status.lastError));
    if (!status.nextAttempt.empty()) row("next try", escaped(sayRelative(status.nextAttempt, now)));
    row("datastore", escaped(status.datastore));
    if (!status.datastoreVersion.empty()) row("", "version " + escaped(status.datastoreVersion));
    row("data", escaped(status.dataDir));
    row("daemon", "version " + escaped(status.version));
    for (const std::string& warning : status.warnings)
        row("warning", paint(kYellow, escaped(warning)));
    return out;
}

}  // namespace hashira::cli

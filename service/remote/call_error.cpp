// SPDX-License-Identifier: MIT
#include "remote/call_error.h"

#include "wire/status.h"

#include <QString>

#include <algorithm>
#include <iterator>

namespace hashira::remote {
namespace {

struct Phrase {
    const char* found;
    const char* said;
};

/// gRPC keeps OpenSSL's reason to itself.
constexpr const char* kNotVerified =
    "its certificate is not from a CA that this machine trusts, or it expired";

/// Read in order. OpenSSL and BoringSSL write the same in different cases.
constexpr Phrase kTlsPhrases[] = {
    {"certificate verify failed", kNotVerified},
    {"CERTIFICATE_VERIFY_FAILED", kNotVerified},
    {"not in peer certificate", "its certificate is for another name"},
    {"wrong version number", "it does not speak TLS"},
    {"WRONG_VERSION_NUMBER", "it does not speak TLS"},
    {"missing selected ALPN", "it does not speak gRPC over TLS"},
    {"Ssl handshake failed", "the TLS handshake failed"},
};
constexpr Phrase kNetworkPhrases[] = {
    {"onnection refused", "connection refused"},
    {"onnection reset", "the connection was reset"},
    {"o route to host", "there is no route to it"},
    {"etwork is unreachable", "the network is unreachable"},
    {"onnection timed out", "it does not answer"},
    {"Timeout occurred", "it does not answer"},
    {"atchdog timeout", "it does not answer any more"},
    {"DNS resolution failed", "its name cannot be looked up"},
    {"omain name not found", "its name cannot be looked up"},
    {"Socket closed", "the connection was lost"},
    {"Broken pipe", "the connection was lost"},
    {"GOAWAY", "the connection was closed"},
};

template <std::size_t Size>
const char* find(const std::string& text, const Phrase (&phrases)[Size]) {
    for (const Phrase& phrase : phrases)
        if (text.find(phrase.found) != std::string::npos) return phrase.said;
    return nullptr;
}

/// Words of whoever answered, as they can be shown: one line of printable UTF-8 without an end.
std::string plain(const std::string& text) {
    constexpr std::size_t kBytes = 500;
    QString shown =
        QString::fromUtf8(text.data(), static_cast<qsizetype>(std::min(text.size(), kBytes)));
    for (QChar& c : shown)
        if (!c.isPrint() && !c.isSurrogate()) c = QLatin1Char(' ');
    return shown.trimmed().toStdString() + (text.size() > kBytes ? "…" : "");
}

}  // namespace

Error callError(const grpc::Status& status, const std::string& target) {
    const std::string& text = status.error_message();
    const std::string who = "the datastore at " + target;
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
        return {ErrorCode::kDeadline, who + " did not answer in time"};
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
        if (const char* said = find(text, kTlsPhrases))
            return {ErrorCode::kDenied, who + " cannot be trusted: " + said};
        const char* said = find(text, kNetworkPhrases);
        return {ErrorCode::kUnavailable, who + " cannot be reached: " + (said ? said : plain(text)),
                wire::fromGrpc(status).retryAfterMs};
    }
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED)
        return {ErrorCode::kPrecondition, who + " is no Hashira datastore, or an older one"};
    if (status.ok()) return {ErrorCode::kUnavailable, who + " ended the stream"};
    Error error = wire::fromGrpc(status);
    // kDenied is for TLS: here somebody answered, and does not let this token in.
    if (error.code == ErrorCode::kDenied) error.code = ErrorCode::kUnauthenticated;
    // And these are for this machine's own files.
    if (error.code == ErrorCode::kCorrupt) error.code = ErrorCode::kInternal;
    error.message = who + ": " + plain(error.message);
    return error;
}

}  // namespace hashira::remote

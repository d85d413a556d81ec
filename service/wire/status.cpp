// SPDX-License-Identifier: MIT
#include "wire/status.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <limits>

namespace hashira::wire {
namespace {

/// gRPC's default limit is 8 KiB for all headers together, and bytes beyond ASCII travel as three.
constexpr std::size_t kMessageBytes = 2'000;

struct Row {
    ErrorCode error;
    grpc::StatusCode status;
};
/// Back from gRPC, the first row of a status holds.
constexpr Row kTable[] = {
    {ErrorCode::kInvalid, grpc::StatusCode::INVALID_ARGUMENT},
    {ErrorCode::kNotFound, grpc::StatusCode::NOT_FOUND},
    {ErrorCode::kUnavailable, grpc::StatusCode::UNAVAILABLE},
    {ErrorCode::kUnauthenticated, grpc::StatusCode::UNAUTHENTICATED},
    {ErrorCode::kDenied, grpc::StatusCode::PERMISSION_DENIED},
    {ErrorCode::kExhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
    {ErrorCode::kPrecondition, grpc::StatusCode::FAILED_PRECONDITION},
    {ErrorCode::kDiskFull, grpc::StatusCode::FAILED_PRECONDITION},
    {ErrorCode::kBusy, grpc::StatusCode::UNAVAILABLE},
    {ErrorCode::kLocked, grpc::StatusCode::FAILED_PRECONDITION},
    {ErrorCode::kCorrupt, grpc::StatusCode::DATA_LOSS},
    {ErrorCode::kNewer, grpc::StatusCode::FAILED_PRECONDITION},
    {ErrorCode::kDeadline, grpc::StatusCode::DEADLINE_EXCEEDED},
    {ErrorCode::kCancelled, grpc::StatusCode::CANCELLED},
    {ErrorCode::kInternal, grpc::StatusCode::INTERNAL},
};

std::string cut(std::string message) {
    if (message.size() <= kMessageBytes) return message;
    std::size_t end = kMessageBytes;
    while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
    message.resize(end);
    return message + "…";
}

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr const char* kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";
constexpr std::int64_t kMsASecond = 1'000;
constexpr std::int64_t kNsAMs = 1'000'000;

std::string text(const UnknownFieldSet& fields) {
    std::string out;
    fields.SerializeToString(&out);
    return out;
}

/// google.rpc.Status {code = 1, message = 2, details = 3: Any {type_url = 1, value = 2: RetryInfo
/// {retry_delay = 1: Duration {seconds = 1, nanos = 2}}}}. Written field by field: its classes are
/// in no package of every system, and two copies of them in one program end it at its start.
std::string retryDetails(const grpc::Status& status, std::int64_t ms) {
    UnknownFieldSet duration;
    duration.AddVarint(1, static_cast<std::uint64_t>(ms / kMsASecond));
    duration.AddVarint(2, static_cast<std::uint64_t>(ms % kMsASecond * kNsAMs));
    UnknownFieldSet info;
    info.AddLengthDelimited(1, text(duration));
    UnknownFieldSet any;
    any.AddLengthDelimited(1, kRetryInfo);
    any.AddLengthDelimited(2, text(info));
    UnknownFieldSet details;
    details.AddVarint(1, static_cast<std::uint64_t>(status.error_code()));
    details.AddLengthDelimited(2, status.error_message());
    details.AddLengthDelimited(3, text(any));
    return text(details);
}

/// The last field of that number, where it is a text.
std::string fieldOf(const UnknownFieldSet& fields, int number) {
    for (int i = fields.field_count(); i-- > 0;) {
        const UnknownField& field = fields.field(i);
        if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED)
            return field.length_delimited();
    }
    return {};
}

std::int64_t numberOf(const UnknownFieldSet& fields, int number) {
    // More seconds than that are nobody's, and must not run over.
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    for (int i = fields.field_count(); i-- > 0;) {
        const UnknownField& field = fields.field(i);
        if (field.number() == number && field.type() == UnknownField::TYPE_VARINT)
            return static_cast<std::int64_t>(std::min(field.varint(), kMost));
    }
    return 0;
}

/// 0 where the details tell of none: they come from whoever answered.
std::int64_t retryAfterMs(const std::string& details) {
    UnknownFieldSet status;
    if (details.empty() || !status.ParseFromString(details)) return 0;
    for (int i = 0; i < status.field_count(); ++i) {
        const UnknownField& field = status.field(i);
        UnknownFieldSet any;
        if (field.number() != 3 || field.type() != UnknownField::TYPE_LENGTH_DELIMITED ||
            !any.ParseFromString(field.length_delimited()) || fieldOf(any, 1) != kRetryInfo)
            continue;
        UnknownFieldSet info;
        UnknownFieldSet duration;
        if (info.ParseFromString(fieldOf(any, 2)) && duration.ParseFromString(fieldOf(info, 1)))
            return numberOf(duration, 1) * kMsASecond + numberOf(duration, 2) / kNsAMs;
    }
    return 0;
}

}  // namespace

grpc::Status toGrpc(const Error& error, bool stopping) {
    if (error.code == ErrorCode::kCancelled && stopping) return stoppingStatus();
    grpc::StatusCode code = grpc::StatusCode::INTERNAL;
    for (const Row& row : kTable)
        if (row.error == error.code) code = row.status;
    const grpc::Status plain(code, cut(error.message));
    if (error.retryAfterMs <= 0) return plain;
    return {code, plain.error_message(), retryDetails(plain, error.retryAfterMs)};
}

grpc::Status stoppingStatus() {
    return {grpc::StatusCode::UNAVAILABLE, "the daemon is stopping"};
}

Error fromGrpc(const grpc::Status& status) {
    const std::int64_t afterMs = retryAfterMs(status.error_details());
    for (const Row& row : kTable)
        if (row.status == status.error_code()) return {row.error, status.error_message(), afterMs};
    return {ErrorCode::kInternal, status.error_message(), afterMs};
}

}  // namespace hashira::wire

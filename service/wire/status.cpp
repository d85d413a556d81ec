// SPDX-License-Identifier: MIT
#include "wire/status.h"

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

}  // namespace

grpc::Status toGrpc(const Error& error, bool stopping) {
    if (error.code == ErrorCode::kCancelled && stopping) return stoppingStatus();
    for (const Row& row : kTable)
        if (row.error == error.code) return {row.status, cut(error.message)};
    return {grpc::StatusCode::INTERNAL, cut(error.message)};
}

grpc::Status stoppingStatus() {
    return {grpc::StatusCode::UNAVAILABLE, "the daemon is stopping"};
}

Error fromGrpc(const grpc::Status& status) {
    for (const Row& row : kTable)
        if (row.status == status.error_code()) return {row.error, status.error_message()};
    return {ErrorCode::kInternal, status.error_message()};
}

}  // namespace hashira::wire

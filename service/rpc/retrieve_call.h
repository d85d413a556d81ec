// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/core_port.h"
#include "rpc/write_call.h"

#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>
#include <vector>

namespace hashira::v1 {
class RetrieveRequest;
}

namespace hashira::rpc {

/// One Retrieve: streams the weeks asked for, newest first, from one shelf. The tasks' bytes are
/// the snapshot's own.
class RetrieveCall final : public WriteCall<grpc::ByteBuffer> {
public:
    /// Checks the request, asks for the shelf and streams. Where it could not be `parsed`, the call
    /// ends with that.
    static RetrieveCall* start(OpenCalls& calls, CorePort& core, const v1::RetrieveRequest& request,
                               const Status& parsed);
    RetrieveCall(OpenCalls& calls, CorePort& core, const v1::RetrieveRequest& request);

private:
    /// What is sent of the week under way.
    struct WeekPart {
        bool full = false;
        std::vector<std::shared_ptr<const wire::SnapshotPiece>> pieces;
        std::vector<std::string> removed;
        std::size_t messages = 0;
        std::size_t sent = 0;
    };

    void obtainShelf(int attempt);
    void take(std::shared_ptr<const wire::Shelf> shelf);
    bool holdsAll(const wire::Shelf& shelf) const;
    WeekPart partOf(Week week) const;
    std::string headOf(Week week, const WeekPart& part) const;
    Step next(grpc::ByteBuffer& message) override;

    CorePort& m_core;
    const int m_from;
    const int m_to;
    const bool m_includeDeleted;
    std::optional<front::Revision> m_since;
    std::shared_ptr<const wire::Shelf> m_shelf;  ///< mutex(), as all below
    int m_offset;
    std::optional<WeekPart> m_part;
};

}  // namespace hashira::rpc

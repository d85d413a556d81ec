// SPDX-License-Identifier: MIT
#include "rpc/retrieve_call.h"

#include "base/limits.h"
#include "wire/front_convert.h"
#include "wire/status.h"

#include <algorithm>

namespace hashira::rpc {
namespace {

/// About limits::kPieceBytes of ids.
constexpr std::size_t kRemovedIds = limits::kPieceBytes / 40;
/// The date may turn while the shelf is built; not thrice.
constexpr int kAttempts = 3;
/// Messages smaller than this wait for the next one to share a packet.
constexpr std::size_t kSmallMessage = 4'096;

using Piece = std::shared_ptr<const wire::SnapshotPiece>;

/// The piece's bytes without a copy; the slice keeps the piece.
grpc::Slice shared(const Piece& piece, const std::string& body) {
    // gRPC wants a mutable pointer, and does not write to it.
    return grpc::Slice(
        const_cast<char*>(body.data()), body.size(),
        [](void* kept) { delete static_cast<Piece*>(kept); }, new Piece(piece));
}

Status check(const v1::RetrieveRequest& request) {
    const std::string asked =
        " (from " + std::to_string(request.from()) + ", to " + std::to_string(request.to()) + ")";
    if (request.from() < 0 || request.to() < 0)
        return invalid("from and to are weeks back from this one and cannot be negative" + asked);
    if (request.from() > request.to())
        return invalid("from must not be greater than to: 0 is this week, 9 nine weeks ago" +
                       asked);
    if (request.to() > limits::kWeekOffset)
        return invalid("to must be at most " + std::to_string(limits::kWeekOffset) + asked);
    return {};
}

}  // namespace

RetrieveCall* RetrieveCall::start(OpenCalls& calls, CorePort& core,
                                  const v1::RetrieveRequest& request, const Status& parsed) {
    const auto call = std::make_shared<RetrieveCall>(calls, core, request);
    if (!calls.add(call, false))
        call->end(wire::stoppingStatus());
    else if (const Status good = parsed ? check(request) : parsed; !good)
        call->end(wire::toGrpc(good.error()));
    else
        call->obtainShelf(1);
    return call.get();
}

RetrieveCall::RetrieveCall(OpenCalls& calls, CorePort& core, const v1::RetrieveRequest& request)
    : WriteCall(calls),
      m_core(core),
      m_from(request.from()),
      m_to(request.to()),
      m_includeDeleted(request.include_deleted()),
      m_offset(request.from()) {
    if (request.has_changed_since()) m_since = wire::fromProto(request.changed_since());
}

void RetrieveCall::obtainShelf(int attempt) {
    auto shelf = m_core.shelf();
    if (holdsAll(*shelf)) return take(std::move(shelf));
    const Week current = shelf->current;
    m_core.buildShelf(Week{current.index - m_to}, Week{current.index - m_from},
                      [self = std::static_pointer_cast<RetrieveCall>(shared_from_this()), current,
                       attempt](Result<std::shared_ptr<const wire::Shelf>> built) {
                          if (!built)
                              self->end(wire::toGrpc(built.error(), self->calls().stopping()));
                          else if ((*built)->current != current && attempt < kAttempts)
                              self->obtainShelf(attempt + 1);
                          else
                              self->take(std::move(*built));
                      });
}

void RetrieveCall::take(std::shared_ptr<const wire::Shelf> shelf) {
    {
        const std::lock_guard lock(mutex());
        m_shelf = std::move(shelf);
    }
    pump();
}

bool RetrieveCall::holdsAll(const wire::Shelf& shelf) const {
    // Absent weeks may be known as unreadable, but asking again is how they become readable.
    for (int offset = m_from; offset <= m_to; ++offset)
        if (!shelf.weeks.count(Week{shelf.current.index - offset})) return false;
    return true;
}

RetrieveCall::WeekPart RetrieveCall::partOf(Week week) const {
    WeekPart part;
    const auto at = m_shelf->weeks.find(week);
    if (at != m_shelf->weeks.end()) {
        const wire::WeekSnapshot& snapshot = *at->second;
        const bool delta = m_since && m_since->epoch == m_shelf->revision.epoch &&
                           m_since->number <= m_shelf->revision.number &&
                           snapshot.knows(m_since->number);
        if (delta) {
            auto changes = snapshot.changedSince(m_since->number, m_includeDeleted);
            part.pieces = std::move(changes.pieces);
            part.removed = std::move(changes.removed);
        } else {
            // A week that could not be read is not told as full: it replaces nothing.
            part.full = true;
            part.pieces = snapshot.pieces(m_includeDeleted);
        }
    }
    part.messages = std::max({std::size_t{1}, part.pieces.size(),
                              (part.removed.size() + kRemovedIds - 1) / kRemovedIds});
    return part;
}

std::string RetrieveCall::headOf(Week week, const WeekPart& part) const {
    v1::RetrieveResponse head;
    head.set_week(week.text());
    head.set_offset(m_offset);
    wire::toProto(m_shelf->revision, *head.mutable_revision());
    const auto incomplete = m_shelf->incomplete.find(week);
    const bool read = m_shelf->weeks.count(week) > 0;
    head.set_complete(read && incomplete == m_shelf->incomplete.end());
    if (incomplete != m_shelf->incomplete.end())
        head.set_incomplete_reason(incomplete->second);
    else if (!read)
        head.set_incomplete_reason("this week could not be read");
    head.set_full(part.full);
    const std::size_t first = std::min(part.removed.size(), part.sent * kRemovedIds);
    const std::size_t last = std::min(part.removed.size(), first + kRemovedIds);
    for (std::size_t i = first; i < last; ++i) head.add_removed_ids(part.removed[i]);
    head.set_last(part.sent + 1 == part.messages);
    return head.SerializeAsString();
}

RetrieveCall::Step RetrieveCall::next(grpc::ByteBuffer& message) {
    if (!m_shelf) return Step::kNothing;
    const Week week{m_shelf->current.index - m_offset};
    if (!m_part) m_part = partOf(week);
    const std::string head = headOf(week, *m_part);
    std::size_t bytes = head.size();
    grpc::Slice slices[2] = {grpc::Slice(head), grpc::Slice()};
    std::size_t count = 1;
    if (m_part->sent < m_part->pieces.size()) {
        const Piece& piece = m_part->pieces[m_part->sent];
        const std::string& body = piece->body(m_includeDeleted);
        bytes += body.size();
        slices[count++] = shared(piece, body);
    }
    message = grpc::ByteBuffer(slices, count);
    if (++m_part->sent == m_part->messages) {
        m_part.reset();
        if (m_offset++ == m_to) return Step::kLast;
    }
    return bytes < kSmallMessage ? Step::kMore : Step::kMessage;
}

}  // namespace hashira::rpc

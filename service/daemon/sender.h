// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "daemon/views.h"
#include "model/command.h"
#include "model/front.h"
#include "model/uuid.h"
#include "store/outbox.h"

#include <optional>
#include <string>
#include <vector>

namespace hashira::daemon {

/// Turns the drafts of a front end into commands: gives each what it lacks (ids, created, rank, the
/// fields that change with the place, stamp) and appends it to the outbox. For the core thread,
/// inside a transaction of the outbox.
class Sender {
public:
    Sender(store::Outbox& outbox, store::Documents& documents, Views& views, const Clock& clock,
           Random& random)
        : m_outbox(outbox),
          m_documents(documents),
          m_views(views),
          m_clock(clock),
          m_random(random) {}

    /// The receipts, in order. All or none: kInvalid names the command, "commands[3]: …", and
    /// nothing of the drafts is in. After any other error the transaction must be rolled back,
    /// views and outbox reset.
    Result<std::vector<front::Receipt>> take(const std::vector<Draft>& drafts);

    /// Tasks that a command was made for without knowing them; cleared by the call.
    std::vector<std::string> takeUnknown() { return std::exchange(m_unknown, {}); }
    /// Forgets what it remembers of the ends of the places: the store changed otherwise, or was
    /// rolled back.
    void forget();

    front::Receipt receiptOf(const store::OutboxRow& row) const;

private:
    Result<std::vector<front::Receipt>> takeAll(const std::vector<Draft>& drafts);
    Result<front::Receipt> takeOne(const Draft& draft);
    Status fill(const Draft& draft, const store::Record& record, Fields& fields);
    void fillRestored(const store::Record& record, Fields& fields) const;
    void fillPlace(const store::Record& record, Place place, Fields& fields);
    Result<std::string> rankFor(const Draft& draft, const store::Record& record, Place place,
                                bool moves);
    Result<std::string> rankAtEnd(Place place, bool top);
    /// Ranks are looked up by SQL: what this group has changed must be in the store for it.
    Status flushForQuery();
    void forgetEnds();
    Result<std::string> rankBeside(const Draft& draft, const std::string& id, Place place);
    Result<std::string> rankAfter(const std::optional<store::RankAt>& low, const std::string& id,
                                  Place place);
    Result<std::optional<store::RankAt>> neighbour(Place place, const store::RankAt& at, bool next,
                                                   const std::string& without);
    Result<front::Receipt> append(What what, const std::string& commandId, store::Record& record,
                                  Fields fields);
    /// The moment as the value of a field. Many commands of a Send have the same.
    const std::string& nowText();
    std::int64_t nowMs() const { return m_clock.nowMs() + m_outbox.clockOffsetMs(); }

    store::Outbox& m_outbox;
    store::Documents& m_documents;
    Views& m_views;
    const Clock& m_clock;
    Random& m_random;
    UuidMaker m_ids;
    // What nowText() gave last, and for when.
    std::int64_t m_textMs = -1;
    int m_textOffset = 0;
    std::string m_nowText;
    std::vector<std::string> m_unknown;
    // The ranks of the first and the last task of each place, or ones beyond them.
    std::optional<std::string> m_firstRank[5];
    std::optional<std::string> m_lastRank[5];
};

}  // namespace hashira::daemon

// SPDX-License-Identifier: MIT
#include "daemon/sender.h"

#include "base/limits.h"
#include "model/json.h"
#include "model/moment.h"
#include "model/rank.h"
#include "model/uuid.h"

#include <algorithm>
#include <utility>

namespace hashira::daemon {
namespace {

using store::RankAt;
using store::Record;

const FieldValue* findField(const Fields& fields, std::string_view name) {
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const FieldValue& field) { return field.name == name; });
    return at == fields.end() ? nullptr : &*at;
}

void setField(Fields& fields, std::string_view name, std::string value) {
    const auto at =
        std::lower_bound(fields.begin(), fields.end(), name,
                         [](const FieldValue& f, std::string_view n) { return f.name < n; });
    if (at != fields.end() && at->name == name)
        at->value = std::move(value);
    else
        fields.insert(at, {std::string(name), std::move(value)});
}

void setDefault(Fields& fields, std::string_view name, std::string value) {
    if (!findField(fields, name)) setField(fields, name, std::move(value));
}

}  // namespace

void Sender::forget() {
    forgetEnds();
    m_unknown.clear();
}

void Sender::forgetEnds() {
    for (auto& rank : m_firstRank) rank.reset();
    for (auto& rank : m_lastRank) rank.reset();
}

const std::string& Sender::nowText() {
    const std::int64_t now = nowMs();
    const int offset = m_clock.utcOffsetMinutes(now);
    if (now != m_textMs || offset != m_textOffset)
        m_nowText = json::quoted(formatMoment(now, offset));
    m_textMs = now;
    m_textOffset = offset;
    return m_nowText;
}

front::Receipt Sender::receiptOf(const store::OutboxRow& row) const {
    // A command that was given up stays refused for whoever asks again.
    const bool rejected =
        row.state == store::CommandState::kRejected || row.state == store::CommandState::kDiscarded;
    front::Receipt receipt{row.command.commandId,  row.command.taskId, row.number,
                           front::Level::kDurable, rejected,           row.reason};
    if (row.state != store::CommandState::kConfirmed) return receipt;
    const auto& covered = m_views.base().covered;
    const auto found = covered.find(row.device);
    // Without a number it was covered when its device id was given up.
    const bool visible = row.number == 0 || (found != covered.end() && row.number <= found->second);
    receipt.level = visible ? front::Level::kVisible : front::Level::kApplied;
    return receipt;
}

Result<std::vector<front::Receipt>> Sender::take(const std::vector<Draft>& drafts) {
    const store::Outbox::Mark mark = m_outbox.mark();
    const std::size_t unknown = m_unknown.size();
    m_views.mark();
    auto receipts = takeAll(drafts);
    if (receipts || receipts.error().code != ErrorCode::kInvalid) return receipts;
    Status done = m_outbox.takeBack(mark);
    if (done) done = m_views.takeBack();
    m_unknown.resize(unknown);
    forgetEnds();
    if (!done) return done.error();
    return receipts;
}

Result<std::vector<front::Receipt>> Sender::takeAll(const std::vector<Draft>& drafts) {
    std::vector<front::Receipt> receipts;
    receipts.reserve(drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        auto receipt = takeOne(drafts[i]);
        if (!receipt) {
            Error error = receipt.error();
            if (error.code == ErrorCode::kInvalid)
                error.message = "commands[" + std::to_string(i) + "]: " + error.message;
            return error;
        }
        receipts.push_back(std::move(*receipt));
    }
    return receipts;
}

Result<front::Receipt> Sender::takeOne(const Draft& draft) {
    if (!draft.commandId.empty()) {
        const auto known = m_outbox.find(draft.commandId);
        if (!known) return known.error();
        if (*known) return receiptOf(**known);
    }
    const bool fresh = draft.taskId.empty();
    const std::string id = fresh ? m_ids.make(nowMs(), m_random) : draft.taskId;
    const auto record = m_views.open(id, !fresh);
    if (!record) return record.error();
    if (draft.what != What::kNew && !(*record)->view.hasName()) m_unknown.push_back(id);
    Fields fields = draft.fields;
    if (const Status filled = fill(draft, **record, fields); !filled) return filled.error();
    fillRestored(**record, fields);
    return append(draft.what, draft.commandId, **record, std::move(fields));
}

Status Sender::fill(const Draft& draft, const Record& record, Fields& fields) {
    if (draft.what == What::kDelete) return {};
    if (draft.what == What::kNew) {
        // A NEW of a task that exists merges: it fills in only what the task lacks.
        if (json::isNull(record.view.value("created"))) setDefault(fields, "created", nowText());
        if (json::isNull(record.view.value("place"))) setDefault(fields, "place", "\"backlog\"");
    }
    const FieldValue* named = findField(fields, "place");
    const bool beside = !draft.before.empty() || !draft.after.empty();
    if (!named && !beside) return {};
    const Place place =
        placeOf(named ? std::string_view(named->value) : record.view.value("place"));
    const bool moves = named && record.view.value("place") != named->value;
    if (!findField(fields, "rank")) {
        const auto rank = rankFor(draft, record, place, moves);
        if (!rank) return rank.error();
        setField(fields, "rank", json::quoted(*rank));
    }
    if (named) fillPlace(record, place, fields);
    return {};
}

void Sender::fillRestored(const Record& record, Fields& fields) const {
    // The datastore keeps what is in a deleted task for a set time only, and this command may
    // arrive after it. Not where the deletion is young: a change of another device's that was not
    // heard of yet must win over what is repeated here.
    const FieldValue* deleted = findField(fields, "deleted");
    const StampedField* deletion = record.view.find("deleted");
    if (!deleted || deleted->value != "false" || !deletion || !record.view.deleted()) return;
    if (deletion->stamp.ms + limits::kRestoredBareMs > nowMs()) return;
    Fields whole = fields;
    for (const StampedField& field : record.view.fields) setDefault(whole, field.name, field.value);
    if (makePayload(record.id, whole).size() <= limits::kPayloadBytes) fields = std::move(whole);
}

void Sender::fillPlace(const Record& record, Place place, Fields& fields) {
    // Place, rank, started and done are written together, so that no other device's half can mix
    // in.
    const auto keep = [&](std::string_view name) { return std::string(record.view.value(name)); };
    const std::string started = keep("started");
    switch (place) {
        case Place::kBacklog:
        case Place::kTodo:
            setDefault(fields, "started", "null");
            setDefault(fields, "done", "null");
            break;
        case Place::kDoing:
            setDefault(fields, "started", json::isNull(started) ? nowText() : started);
            setDefault(fields, "done", "null");
            break;
        case Place::kDone: {
            const std::string done = keep("done");
            const bool wasDone = record.view.value("place") == "\"done\"" && !json::isNull(done);
            setDefault(fields, "started", started);
            const FieldValue* given = findField(fields, "done");
            if (!given || json::isNull(given->value))
                setField(fields, "done", wasDone ? done : nowText());
            break;
        }
    }
}

Result<std::string> Sender::rankFor(const Draft& draft, const Record& record, Place place,
                                    bool moves) {
    if (!draft.before.empty() || !draft.after.empty()) return rankBeside(draft, record.id, place);
    const std::string rank = record.view.string("rank");
    if (!moves && isRank(rank)) return rank;
    // What was just finished is what one looks for among the done.
    return rankAtEnd(place, place == Place::kDone && draft.what == What::kUpdate);
}

Result<std::string> Sender::rankAtEnd(Place place, bool top) {
    auto& end = top ? m_firstRank[static_cast<int>(place)] : m_lastRank[static_cast<int>(place)];
    if (!end) {
        // The last group's views are in the store, this one's may not be yet.
        if (const Status flushed = flushForQuery(); !flushed) return flushed.error();
        const auto found = top ? m_documents.first(place) : m_documents.last(place);
        if (!found) return found.error();
        end = *found ? (*found)->rank : std::string();
    }
    const std::string suffix = rankSuffix(m_outbox.currentDevice());
    std::string rank = top ? rankBetween({}, *end, suffix) : rankBetween(*end, {}, suffix);
    if (rank.size() > limits::kRankCharacters)
        return invalid("rank: the place's end has a rank that is too long; reorder it");
    // The other end follows where this was the first rank of the place.
    auto& other = top ? m_lastRank[static_cast<int>(place)] : m_firstRank[static_cast<int>(place)];
    if (end->empty() && other && other->empty()) other = rank;
    end = rank;
    return rank;
}

Status Sender::flushForQuery() {
    if (!m_documents.database().inTransaction())
        if (const Status begun = m_documents.database().begin(); !begun) return begun;
    return m_views.flush();
}

Result<std::string> Sender::rankBeside(const Draft& draft, const std::string& id, Place place) {
    if (const Status flushed = flushForQuery(); !flushed) return flushed.error();
    const bool before = draft.after.empty();
    const std::string& target = before ? draft.before : draft.after;
    const std::string name = before ? "before" : "after";
    if (target == id) return invalid(name + ": a task cannot stand beside itself");
    const auto found = m_views.open(target, true);
    if (!found) return found.error();
    const Record& record = **found;
    if (record.shown() != store::Shown::kVisible)
        return invalid(name + ": there is no task " + target);
    if (placeOf(record.view.value("place")) != place)
        return invalid(name + ": the task " + target + " is not in " +
                       std::string(placeName(place)));
    const RankAt at{record.view.string("rank"), target};
    if (!before) return rankAfter(at, id, place);
    const auto low = neighbour(place, at, false, id);
    if (!low) return low.error();
    return rankAfter(*low, id, place);
}

Result<std::optional<RankAt>> Sender::neighbour(Place place, const RankAt& at, bool next,
                                                const std::string& without) {
    auto found = next ? m_documents.next(place, at) : m_documents.previous(place, at);
    if (found && *found && (*found)->id == without)
        found = next ? m_documents.next(place, **found) : m_documents.previous(place, **found);
    return found;
}

Result<std::string> Sender::rankAfter(const std::optional<RankAt>& low, const std::string& id,
                                      Place place) {
    const std::string suffix = rankSuffix(m_outbox.currentDevice());
    // Tasks of the same rank that follow must be ranked anew: nothing lies between equal ranks.
    std::vector<std::string> equals;
    std::string high;
    auto at = low ? neighbour(place, *low, true, id) : m_documents.first(place);
    if (!low && at && *at && (*at)->id == id) at = neighbour(place, **at, true, id);
    for (;;) {
        if (!at) return at.error();
        if (!*at) break;
        if (!low || (*at)->rank != low->rank) {
            high = (*at)->rank;
            break;
        }
        equals.push_back((*at)->id);
        at = neighbour(place, RankAt(**at), true, id);
    }
    std::string rank = rankBetween(low ? low->rank : std::string(), high, suffix);
    std::string last = rank;
    for (const std::string& equal : equals) {
        last = rankBetween(last, high, suffix);
        const auto record = m_views.open(equal, true);
        if (!record) return record.error();
        const auto appended = append(What::kUpdate, {}, **record, {{"rank", json::quoted(last)}});
        if (!appended) return appended.error();
    }
    if (rank.size() > limits::kRankCharacters || last.size() > limits::kRankCharacters)
        return invalid("rank: the neighbours' ranks are too long; move the task elsewhere first");
    // The new rank may lie beyond an end: look the ends up anew, by then with this task flushed.
    forgetEnds();
    return rank;
}

Result<front::Receipt> Sender::append(What what, const std::string& commandId, Record& record,
                                      Fields fields) {
    const HlcTime seen = Views::seen(record);
    const HlcTime above = std::max({m_outbox.clock(), m_views.base().clock, seen});
    Command command;
    command.commandId = commandId.empty() ? m_ids.make(nowMs(), m_random) : commandId;
    command.what = what;
    command.taskId = record.id;
    command.payload =
        what == What::kDelete ? makePayload(record.id, {}) : makePayload(record.id, fields);
    command.stamp = above.tick(nowMs()).stamp(m_outbox.origin());
    if (command.payload.size() > limits::kPayloadBytes)
        return invalid("payload: with what the daemon adds it has " +
                       std::to_string(command.payload.size()) + " bytes, at most " +
                       std::to_string(limits::kPayloadBytes) + " are allowed");
    m_views.merge(record, fields, command.stamp);
    if (record.view.fields.size() > limits::kFields)
        return invalid("payload: the task would have more than " + std::to_string(limits::kFields) +
                       " fields");
    // Measured only where it may matter: a small payload cannot make a document large.
    if (command.payload.size() > limits::kDocumentBytes / 64 &&
        documentText(record.view).size() > limits::kDocumentBytes)
        return invalid("payload: the task would have more than " +
                       std::to_string(limits::kDocumentBytes) + " bytes");
    front::Receipt receipt{command.commandId, record.id, 0, front::Level::kDurable, false, {}};
    const auto number = m_outbox.append(std::move(command), seen);
    if (!number) return number.error();
    receipt.number = *number;
    return receipt;
}

}  // namespace hashira::daemon

// SPDX-License-Identifier: MIT
#include "cli_fake_client.h"

#include "model/json.h"
#include "model/moment.h"
#include "model/week.h"

namespace hashira::cli {
namespace {

std::string textOf(const std::string& value) {
    return json::isString(value) ? json::unquoted(value) : std::string();
}

std::optional<std::string> textOrNothing(const std::string& value) {
    return json::isNull(value) ? std::nullopt : std::optional(textOf(value));
}

}  // namespace

Task& FakeDaemon::add(const std::string& id, const std::string& name, Place place) {
    Held& held = tasks[id];
    held.task.id = id;
    held.task.name = name;
    held.task.place = place;
    held.task.rank = "i" + std::to_string(tasks.size());
    held.revision = ++revision.number;
    return held.task;
}

void FakeDaemon::setField(Task& task, const std::string& name, const std::string& value) {
    if (name == "name")
        task.name = textOf(value);
    else if (name == "place")
        task.place = placeOf(value);
    else if (name == "rank")
        task.rank = textOf(value);
    else if (name == "note")
        task.note = textOrNothing(value);
    else if (name == "due")
        task.due = textOrNothing(value);
    else if (name == "created")
        task.created = textOrNothing(value);
    else if (name == "started")
        task.started = textOrNothing(value);
    else if (name == "done")
        task.done = textOrNothing(value);
    else if (name == "deleted")
        task.deleted = value == "true";
    else if (name == "labels") {
        task.labels.clear();
        if (json::isNull(value)) return;
        const auto labels = json::parseArray(value);
        for (const std::string& label : *labels) task.labels.push_back(json::unquoted(label));
    } else {
        task.extraJson = "{" + json::quoted(name) + ":" + value + "}";
    }
}

void FakeDaemon::apply(const OutCommand& command, const Draft& draft) {
    Held& held = tasks[draft.taskId];
    Task& task = held.task;
    const Place before = task.place;
    const bool fresh = task.id.empty();
    task.id = draft.taskId;
    bool doneGiven = false;
    for (const FieldValue& field : draft.fields) {
        setField(task, field.name, field.value);
        doneGiven = doneGiven || field.name == "done";
    }
    const std::string now = formatMoment(clock->nowMs(), 60);
    if (fresh && !task.created) task.created = now;
    if (fresh && task.rank.empty()) task.rank = "i" + std::to_string(tasks.size());
    if (!draft.before.empty()) task.rank = tasks[draft.before].task.rank.substr(0, 1) + "0i";
    if (!draft.after.empty()) task.rank = tasks[draft.after].task.rank + "i";
    if ((fresh || before != task.place) && !doneGiven) {
        if (task.place == Place::kDone)
            task.done = now;
        else
            task.done.reset();
    }
    if (before != task.place && task.place == Place::kDoing && !task.started) task.started = now;
    task.pending = true;
    const auto moment = task.done ? Moment::parse(*task.done) : std::nullopt;
    held.offset = moment ? std::max(0, Week::of(dayOf(clock->nowMs(), 60)).index -
                                           Week::of(moment->localDay).index)
                         : 0;
    held.revision = revision.number;
    receipts[command.id] = {
        command.id, draft.taskId, receipts.size() + 1, front::Level::kDurable, false, {}};
}

Result<front::SendReply> FakeDaemon::send(const std::vector<OutCommand>& commands) {
    if (sendsBeforeAway >= 0 && sendsBeforeAway-- == 0) away = true;
    if (away || refuseSends-- > 0) return Error{ErrorCode::kUnavailable, ""};
    sends.push_back(commands);
    std::vector<Draft> drafts;
    for (const OutCommand& command : commands) {
        auto draft = checkDraft(command.id, command.what, command.payload);
        if (!draft)
            return invalid("commands[" + std::to_string(drafts.size()) + "]." +
                           draft.error().message);
        if (!badName.empty() && command.payload.find(badName) != std::string::npos)
            return invalid("commands[" + std::to_string(drafts.size()) + "].name: is bad");
        drafts.push_back(std::move(*draft));
    }
    front::SendReply reply;
    bool changed = false;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (receipts.count(commands[i].id) == 0) {
            if (!changed) ++revision.number;
            changed = true;
            apply(commands[i], drafts[i]);
        }
        reply.receipts.push_back(receipts[commands[i].id]);
    }
    reply.revision = revision;
    if (loseAnswers-- > 0) return Error{ErrorCode::kUnavailable, "the connection broke"};
    return reply;
}

Status FakeDaemon::retrieve(const RetrieveQuery& query,
                            const std::function<void(Piece)>& take) const {
    if (away) return Error{ErrorCode::kUnavailable, ""};
    for (int offset = query.from; offset <= query.to; ++offset) {
        Piece piece;
        piece.offset = offset;
        piece.week = Week{Week::of(dayOf(clock->nowMs(), 60)).index - offset}.text();
        piece.revision = revision;
        const auto gap = incompleteWeeks.find(offset);
        piece.complete = gap == incompleteWeeks.end();
        if (!piece.complete) piece.incompleteReason = gap->second;
        piece.full = !query.changedSince || query.changedSince->epoch != revision.epoch;
        piece.last = false;
        for (const auto& [id, held] : tasks) {
            const bool news = piece.full || held.revision > query.changedSince->number;
            if (!news) continue;
            if (held.offset != offset || (held.task.deleted && !query.includeDeleted)) {
                if (!piece.full) piece.removedIds.push_back(id);
                continue;
            }
            piece.tasks.push_back(held.task);
            // Pieces of two: whoever reads must put them together.
            if (piece.tasks.size() == 2) {
                take(piece);
                piece.tasks.clear();
                piece.removedIds.clear();
            }
        }
        piece.last = true;
        take(piece);
    }
    return {};
}

Status FakeClient::reached() const {
    return m_daemon.away ? Status(Error{ErrorCode::kUnavailable, ""}) : Status();
}

Status FakeClient::retrieve(const RetrieveQuery& query, const std::function<void(Piece)>& take) {
    return m_daemon.retrieve(query, take);
}

Status FakeClient::subscribe(const std::optional<front::Revision>&,
                             const std::function<bool(const Note&)>& take) {
    for (const Note& note : m_daemon.notes)
        if (!take(note)) return {};
    m_cancelled = true;  // the person presses Ctrl-C
    return {};
}

Status FakeClient::watchStatus(const std::function<bool(front::Status)>& take) {
    if (const Status there = reached(); !there) return there.error();
    take(m_daemon.status);
    return {};
}

Result<front::Status> FakeClient::status() {
    if (m_daemon.away) return Error{ErrorCode::kUnavailable, ""};
    front::Status status = m_daemon.status;
    status.revision = m_daemon.revision;
    return status;
}

Result<front::Receipt> FakeClient::retryRejected(const std::string& id) {
    return front::Receipt{id, "task", 7, front::Level::kDurable, false, {}};
}

Person::Person(const std::string& stateDirectory) {
    variables = {{"HOME", stateDirectory},
                 {"XDG_STATE_HOME", stateDirectory},
                 {"XDG_RUNTIME_DIR", "/run/user/1"}};
    daemon.clock = &clock;
    daemon.status.weeksKept = 10;
    daemon.status.version = "0.1.0";
    host.variable = [this](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    };
    host.clock = &clock;
    host.random = &random;
    host.columns = [] { return 100; };
    host.rows = [] { return 30; };
    host.waitForEnd = [this](std::uint64_t process, int) {
        return process == *daemon.shutDownAnswer && daemon.endsWhenAsked;
    };
    host.makeClient = [this](const Endpoint&) { return std::make_unique<FakeClient>(daemon); };
    host.onInterrupt = [](Client&) {};
}

int Person::run(const std::vector<std::string>& args, const std::string& input) {
    std::istringstream in(input);
    std::ostringstream outStream;
    std::ostringstream errStream;
    host.in = &in;
    host.out = &outStream;
    host.err = &errStream;
    clock.ms += 1000;
    const int code = cli::run(args, host);
    out = outStream.str();
    err = errStream.str();
    return code;
}

}  // namespace hashira::cli

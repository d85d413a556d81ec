// SPDX-License-Identifier: MIT
#include "model/command.h"

#include "base/limits.h"
#include "model/json.h"
#include "model/moment.h"
#include "model/rank.h"
#include "model/uuid.h"

#include <algorithm>

namespace hashira {
namespace {

using json::isNull;
using json::isString;

/// The text of a canonical JSON string; `storage` holds it where it has escapes.
std::string_view textOf(std::string_view value, std::string& storage) {
    if (value.find('\\') == std::string_view::npos) return value.substr(1, value.size() - 2);
    storage = json::unquoted(value);
    return storage;
}

Status checkText(std::string_view value, std::size_t most) {
    if (!isString(value)) return invalid("must be text");
    std::string storage;
    const std::size_t count = json::characters(textOf(value, storage));
    if (count <= most) return {};
    return invalid("has " + std::to_string(count) + " characters, at most " + std::to_string(most) +
                   " are allowed");
}

/// Whether nothing of it can be seen: Unicode's White_Space.
bool isBlank(std::string_view utf8) {
    constexpr std::string_view kSpaces[] = {
        " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00A0", "\u1680",
        "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
        "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};
    while (!utf8.empty()) {
        const auto space =
            std::find_if(std::begin(kSpaces), std::end(kSpaces),
                         [&](std::string_view one) { return utf8.substr(0, one.size()) == one; });
        if (space == std::end(kSpaces)) return false;
        utf8.remove_prefix(space->size());
    }
    return true;
}

Status checkName(std::string_view value) {
    if (isNull(value)) return invalid("cannot be removed");
    if (const Status text = checkText(value, limits::kNameCharacters); !text) return text;
    std::string storage;
    return isBlank(textOf(value, storage)) ? Status(invalid("must not be empty")) : Status();
}

Status checkPlace(std::string_view value) {
    if (isString(value))
        for (const Place place : kPlaces)
            if (value.substr(1, value.size() - 2) == placeName(place)) return {};
    return invalid("must be \"backlog\", \"todo\", \"doing\" or \"done\"");
}

Status checkLabels(std::string_view value) {
    if (isNull(value)) return {};
    const auto labels = json::parseArray(value);
    if (!labels) return invalid("must be an array of texts");
    if (labels->size() > limits::kLabels)
        return invalid("has " + std::to_string(labels->size()) + " labels, at most " +
                       std::to_string(limits::kLabels) + " are allowed");
    for (const std::string& label : *labels) {
        if (const Status text = checkText(label, limits::kLabelCharacters); !text)
            return invalid("each label " + text.error().message);
        if (label == "\"\"") return invalid("a label must not be empty");
    }
    return {};
}

Status checkMoment(std::string_view value) {
    if (isNull(value)) return {};
    if (isString(value) && Moment::parse(json::unquoted(value))) return {};
    return invalid("must be a date-time with an offset, like \"2026-11-23T19:45:33+01:00\"");
}

Status checkDue(std::string_view value) {
    if (isNull(value)) return {};
    if (isString(value)) {
        const std::string text = json::unquoted(value);
        if (parseDay(text) || Moment::parse(text)) return {};
    }
    return invalid("must be a day like \"2026-11-23\", or a date-time with an offset");
}

Status checkRank(std::string_view value) {
    if (isString(value) && isRank(json::unquoted(value))) return {};
    return invalid("must be 1 to 256 of [0-9A-Za-z], not ending in 0");
}

/// Adds the field's name to a failed check.
Status named(std::string_view name, const Status& status) {
    if (status) return {};
    return invalid(std::string(name) + ": " + status.error().message);
}

/// Reads a UUID; upper case is taken, and kept as lower case.
Result<std::string> readId(std::string_view name, std::string_view value) {
    std::string id = isString(value) ? json::unquoted(value) : std::string();
    std::transform(id.begin(), id.end(), id.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    if (!isUuid(id)) return invalid(std::string(name) + ": must be a UUID");
    return id;
}

/// Takes one member of a payload into the draft.
Status takeMember(Draft& draft, json::Member& member) {
    if (member.name == "id" || member.name == "before" || member.name == "after") {
        auto id = readId(member.name, member.value);
        if (!id) return id.error();
        (member.name == "id"       ? draft.taskId
         : member.name == "before" ? draft.before
                                   : draft.after) = std::move(*id);
        return {};
    }
    if (draft.what == What::kDelete) return invalid(member.name + ": a DELETE has no field but id");
    if (const Status good = named(member.name, checkField(member.name, member.value)); !good)
        return good;
    draft.fields.push_back({std::move(member.name), std::move(member.value)});
    return {};
}

bool hasField(const Fields& fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const FieldValue& f) { return f.name == name; });
}

}  // namespace

std::string_view placeName(Place place) {
    switch (place) {
        case Place::kBacklog: return "backlog";
        case Place::kTodo: return "todo";
        case Place::kDoing: return "doing";
        case Place::kDone: return "done";
    }
    return "backlog";
}

Place placeOf(std::string_view value) {
    if (value == "\"todo\"") return Place::kTodo;
    if (value == "\"doing\"") return Place::kDoing;
    if (value == "\"done\"") return Place::kDone;
    return Place::kBacklog;
}

Status checkField(std::string_view name, std::string_view value) {
    if (name == "name") return checkName(value);
    if (name == "place") return checkPlace(value);
    if (name == "rank") return checkRank(value);
    if (name == "labels") return checkLabels(value);
    if (name == "note") return isNull(value) ? Status() : checkText(value, limits::kNoteCharacters);
    if (name == "due") return checkDue(value);
    if (name == "created" || name == "started" || name == "done") return checkMoment(value);
    if (name == "deleted")
        return value == "true" || value == "false" ? Status() : invalid("must be true or false");
    if (name.empty()) return invalid("a field needs a name");
    if (json::characters(name) > limits::kFieldNameCharacters)
        return invalid("the name of a field has at most " +
                       std::to_string(limits::kFieldNameCharacters) + " characters");
    return {};
}

Status checkFields(const Document& document) {
    for (const StampedField& field : document.fields)
        if (const Status good = named(field.name, checkField(field.name, field.value)); !good)
            return good;
    return {};
}

Result<Draft> checkDraft(std::string_view commandId, What what, std::string_view payload) {
    Draft draft;
    draft.what = what;
    if (!commandId.empty()) {
        auto id = readId("id of the command", json::quoted(commandId));
        if (!id) return id.error();
        draft.commandId = std::move(*id);
    }
    if (payload.size() > limits::kPayloadBytes)
        return invalid("payload: has " + std::to_string(payload.size()) + " bytes, at most " +
                       std::to_string(limits::kPayloadBytes) + " are allowed");
    auto members = json::parseObject(payload);
    if (!members) return invalid("payload: " + members.error().message);
    if (members->size() > limits::kFields)
        return invalid("payload: has more than " + std::to_string(limits::kFields) + " fields");
    for (json::Member& member : *members)
        if (const Status taken = takeMember(draft, member); !taken) return taken.error();
    if (what == What::kNew && !hasField(draft.fields, "name"))
        return invalid("name: is missing; a new task needs one");
    if (what != What::kNew && draft.taskId.empty())
        return invalid("id: is missing; it names the task to change");
    if (!draft.before.empty() && !draft.after.empty())
        return invalid("before: cannot stand together with after");
    if ((!draft.before.empty() || !draft.after.empty()) &&
        (what == What::kDelete || hasField(draft.fields, "rank")))
        return invalid((draft.before.empty() ? "after" : "before") +
                       std::string(what == What::kDelete ? ": a DELETE has no field but id"
                                                         : ": cannot stand together with rank"));
    if (what == What::kUpdate && draft.fields.empty() && draft.before.empty() &&
        draft.after.empty())
        return invalid("payload: names nothing to change");
    if (what == What::kDelete) draft.fields.push_back({"deleted", "true"});
    return draft;
}

std::string makePayload(std::string_view taskId, const Fields& fields) {
    std::size_t size = 64;  // of the id and the brackets
    for (const FieldValue& field : fields) size += field.name.size() + field.value.size() + 4;
    std::string out;
    out.reserve(size);
    out = "{";
    bool written = false;
    const auto writeId = [&] {
        out += out.size() > 1 ? ",\"id\":\"" : "\"id\":\"";
        out += taskId;
        out += '"';
        written = true;
    };
    for (const FieldValue& field : fields) {
        if (!written && field.name > "id") writeId();
        if (out.size() > 1) out += ',';
        json::appendQuoted(out, field.name);
        out += ':';
        out += field.value;
    }
    if (!written) writeId();
    out += '}';
    return out;
}

Result<Effect> effectOf(What what, std::string_view payload) {
    auto draft = checkDraft({}, what, payload);
    if (!draft) return draft.error();
    if (!draft->before.empty() || !draft->after.empty())
        return invalid("before and after are for front ends: the daemon turns them into a rank");
    if (draft->taskId.empty()) return invalid("id: is missing");
    return Effect{std::move(draft->taskId), std::move(draft->fields)};
}

}  // namespace hashira

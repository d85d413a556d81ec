// SPDX-License-Identifier: MIT
#include "model/json.h"
#include "wire/snapshot.h"

#include <hashira/v1/hashira.pb.h>

namespace hashira::wire {
namespace {

bool setPlace(v1::Task& task, std::string_view value) {
    for (const Place place : kPlaces)
        if (json::isString(value) && json::unquoted(value) == placeName(place)) {
            task.set_place(static_cast<v1::Place>(place));
            return true;
        }
    return false;
}

bool setLabels(v1::Task& task, std::string_view value) {
    if (value.empty() || value.front() != '[') return false;
    const auto labels = json::parseArray(value);
    if (!labels) return false;
    for (const std::string& label : *labels)
        if (!json::isString(label)) return false;
    for (const std::string& label : *labels) task.add_labels(json::unquoted(label));
    return true;
}

bool setDeleted(v1::Task& task, std::string_view value) {
    if (value != "true" && value != "false") return false;
    task.set_deleted(value == "true");
    return true;
}

/// The text field of that name; null where it is none.
std::string* textField(v1::Task& task, std::string_view name) {
    if (name == "name") return task.mutable_name();
    if (name == "rank") return task.mutable_rank();
    if (name == "note") return task.mutable_note();
    if (name == "due") return task.mutable_due();
    if (name == "created") return task.mutable_created();
    if (name == "started") return task.mutable_started();
    if (name == "done") return task.mutable_done();
    return nullptr;
}

/// Puts the field into its typed member; false where there is none, or the value is not of its
/// type.
bool setTyped(v1::Task& task, std::string_view name, std::string_view value) {
    if (name == "place") return setPlace(task, value);
    if (name == "labels") return setLabels(task, value);
    if (name == "deleted") return setDeleted(task, value);
    if (!json::isString(value)) return false;
    std::string* text = textField(task, name);
    if (!text) return false;
    *text = json::unquoted(value);
    return true;
}

}  // namespace

std::string encodeTask(const Document& document, bool pending) {
    v1::Task task;
    task.set_id(document.id);
    // What the merge takes a missing or unknown place for.
    task.set_place(v1::PLACE_BACKLOG);
    std::string extra;
    for (const StampedField& field : document.fields) {
        if (json::isNull(field.value) || setTyped(task, field.name, field.value)) continue;
        extra += extra.empty() ? '{' : ',';
        json::appendQuoted(extra, field.name);
        extra += ':';
        extra += field.value;
    }
    if (!extra.empty()) task.set_extra_json(std::move(extra += '}'));
    task.set_pending(pending);
    return task.SerializeAsString();
}

}  // namespace hashira::wire

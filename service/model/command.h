// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/document.h"
#include "model/stamp.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace hashira {

enum class What { kNew = 1, kUpdate = 2, kDelete = 3 };

enum class Place { kBacklog = 1, kTodo = 2, kDoing = 3, kDone = 4 };
inline constexpr Place kPlaces[] = {Place::kBacklog, Place::kTodo, Place::kDoing, Place::kDone};

std::string_view placeName(Place place);
/// From the canonical JSON value of `place`; backlog where it is none.
Place placeOf(std::string_view value);

/// A command as a front end sent it: checked, not yet filled in.
struct Draft {
    std::string commandId;  ///< empty: to be made
    What what = What::kNew;
    std::string taskId;  ///< empty (NEW only): to be made
    Fields fields;       ///< without id, before, after
    std::string before;  ///< the task to stand before, or empty
    std::string after;   ///< the task to stand after, or empty
};

/// Checks a command of a front end. The error names the field: `name: must not be empty`.
Result<Draft> checkDraft(std::string_view commandId, What what, std::string_view payload);

/// A command as the outbox keeps it and the datastore receives it.
struct Command {
    std::string commandId;  ///< UUID
    What what = What::kNew;
    std::string taskId;   ///< UUID
    std::string payload;  ///< complete: canonical JSON with id
    Stamp stamp;          ///< of each of its fields
};

/// The payload of a filled-in command.
std::string makePayload(std::string_view taskId, const Fields& fields);

/// What a complete payload sets: the fields of NEW and UPDATE, `deleted` of a DELETE. The same
/// check as checkDraft's, so that both sides accept the same.
struct Effect {
    std::string taskId;
    Fields fields;
};
Result<Effect> effectOf(What what, std::string_view payload);

/// Whether `value` (canonical JSON) may stand in the field; the error is without the field's name.
Status checkField(std::string_view name, std::string_view value);
/// Whether commands could have made the document: the first field that none can set is told.
Status checkFields(const Document& document);

}  // namespace hashira

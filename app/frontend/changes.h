// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What front ends say to the daemon, and what takes it back.
namespace hashira::frontend {

/// Field names and their JSON values; null removes.
using FieldMap = std::map<std::string, std::string>;

/// `"text"`, or null where it is empty.
std::string textOrNull(std::string_view text);
/// An array of texts.
std::string labelsJson(const std::vector<std::string>& labels);

/// The payload of a command of that task.
std::string payloadOf(const std::string& taskId, const FieldMap& fields);

/// The JSON value that the field has now: what an UPDATE must set to bring it back.
std::string fieldNow(const Task& task, const std::string& field);
/// What an UPDATE must set to take one of those fields back: "before" and "after" stand for the
/// rank, and a change of place takes rank, started and done back as well.
FieldMap fieldsBefore(const Task& task, const FieldMap& fields);

/// Sends once, and once more with the same command ids where the daemon went away meanwhile.
Result<front::SendReply> sendSafely(Client& client, const std::vector<OutCommand>& commands);

}  // namespace hashira::frontend

// SPDX-License-Identifier: MIT
#include "frontend/step.h"

#include "model/uuid.h"

namespace hashira::frontend {
namespace {

constexpr char kDeleted[] = "deleted";

}  // namespace

Step inverseOf(const Step& step, const Task* task) {
    if (step.what == What::kNew) return {What::kDelete, step.taskId, {}};
    if (step.what == What::kDelete) return {What::kUpdate, step.taskId, {{kDeleted, "false"}}};
    const auto deleted = step.fields.find(kDeleted);
    if (deleted != step.fields.end() && step.fields.size() == 1)
        return {What::kDelete, step.taskId, {}};
    Step back{What::kUpdate, step.taskId, {}};
    if (task != nullptr) back.fields = fieldsBefore(*task, step.fields);
    return back;
}

OutCommand toCommand(const Step& step, const Clock& clock, Random& random) {
    return {makeUuidV7(clock.nowMs(), random), step.what, payloadOf(step.taskId, step.fields)};
}

}  // namespace hashira::frontend

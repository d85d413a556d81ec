// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/changes.h"

#include "base/clock.h"

namespace hashira::frontend {

/// One change of one task by a person: what a command says, before it is one.
struct Step {
    What what = What::kUpdate;
    std::string taskId;
    FieldMap fields;
};

/// What takes the step back. `task`: what the task is before the step, or nothing where it is new.
Step inverseOf(const Step& step, const Task* task);

/// The step as a command with an id of its own.
OutCommand toCommand(const Step& step, const Clock& clock, Random& random);

}  // namespace hashira::frontend

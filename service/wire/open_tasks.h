// SPDX-License-Identifier: MIT
#pragma once

#include "model/front.h"
#include "wire/snapshot.h"

#include <cstddef>
#include <vector>

namespace hashira::wire {

/// The tasks of a place in a week, in their order, at most so many. Any thread.
std::vector<front::TaskLine> tasksOf(const WeekSnapshot& week, Place place, std::size_t most);

}  // namespace hashira::wire

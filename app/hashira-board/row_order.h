// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace hashira::board {

/// Of these different numbers, which to leave where they are so that the fewest must move to bring
/// all into ascending order: true for each that stays (a longest ascending subsequence).
std::vector<bool> stayingOf(const std::vector<int>& numbers);

}  // namespace hashira::board

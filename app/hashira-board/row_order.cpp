// SPDX-License-Identifier: MIT
#include "row_order.h"

#include <algorithm>
#include <cstddef>

namespace hashira::board {

std::vector<bool> stayingOf(const std::vector<int>& numbers) {
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> ends;  // of the best subsequence of each length, its last place
    std::vector<std::size_t> before(numbers.size(), kNone);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto at =
            std::lower_bound(ends.begin(), ends.end(), numbers[i],
                             [&](std::size_t end, int value) { return numbers[end] < value; });
        if (at != ends.begin()) before[i] = *(at - 1);
        if (at == ends.end())
            ends.push_back(i);
        else
            *at = i;
    }
    std::vector<bool> stays(numbers.size(), false);
    for (std::size_t i = ends.empty() ? kNone : ends.back(); i != kNone; i = before[i])
        stays[i] = true;
    return stays;
}

}  // namespace hashira::board

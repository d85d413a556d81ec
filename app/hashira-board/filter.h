// SPDX-License-Identifier: MIT
#pragma once

#include "card.h"

#include <vector>

namespace hashira::board {

/// Which cards are shown.
struct Filter {
    QString text;        ///< as typed: all of its words must be found, `#word` in a label
    QStringList labels;  ///< all of them

    bool empty() const { return text.trimmed().isEmpty() && labels.isEmpty(); }
    bool operator==(const Filter&) const = default;
};

/// Those cards that the filter takes, in their order.
std::vector<CardPtr> filtered(const std::vector<CardPtr>& cards, const Filter& filter);

}  // namespace hashira::board

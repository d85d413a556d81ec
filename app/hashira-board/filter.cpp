// SPDX-License-Identifier: MIT
#include "filter.h"

#include <algorithm>

namespace hashira::board {
namespace {

/// The filter's words, prepared once for all cards.
struct Wanted {
    QStringList words;
    QStringList labelParts;  ///< of `#word`
    QStringList labels;      ///< whole, as they are
};

Wanted prepare(const Filter& filter) {
    Wanted wanted;
    wanted.labels = filter.labels;
    const QStringList typed =
        filter.text.toCaseFolded().simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString& word : typed) {
        if (word.size() > 1 && word.front() == QLatin1Char('#'))
            wanted.labelParts << word.mid(1);
        else
            wanted.words << word;
    }
    return wanted;
}

bool takes(const Card& card, const Wanted& wanted) {
    const auto inLabel = [&](const QString& part) {
        return std::any_of(card.labels.begin(), card.labels.end(), [&](const QString& label) {
            return label.contains(part, Qt::CaseInsensitive);
        });
    };
    return std::all_of(wanted.words.begin(), wanted.words.end(),
                       [&](const QString& word) { return card.folded.contains(word); }) &&
           std::all_of(wanted.labelParts.begin(), wanted.labelParts.end(), inLabel) &&
           std::all_of(wanted.labels.begin(), wanted.labels.end(),
                       [&](const QString& label) { return card.labels.contains(label); });
}

}  // namespace

std::vector<CardPtr> filtered(const std::vector<CardPtr>& cards, const Filter& filter) {
    if (filter.empty()) return cards;
    const Wanted wanted = prepare(filter);
    std::vector<CardPtr> found;
    std::copy_if(cards.begin(), cards.end(), std::back_inserter(found),
                 [&](const CardPtr& card) { return takes(*card, wanted); });
    return found;
}

}  // namespace hashira::board

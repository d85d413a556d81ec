// SPDX-License-Identifier: MIT
#include "card_model.h"

#include "row_order.h"

#include <QMimeData>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace hashira::board {
namespace {

/// Of more rows that change their order it is cheaper to take them out and put them in again.
constexpr std::size_t kMovesMost = 32;
constexpr QLatin1Char kLineEnd('\n');

bool same(const CardPtr& a, const CardPtr& b) {
    return a->task.id == b->task.id;
}

}  // namespace

const QString CardModel::kMimeType = QStringLiteral("application/x-hashira-task");

CardModel::CardModel(Place place, QObject* parent) : QAbstractListModel(parent), m_place(place) {}

int CardModel::rowOf(const std::string& id) const {
    const auto at = std::find_if(m_cards.begin(), m_cards.end(),
                                 [&](const CardPtr& card) { return card->task.id == id; });
    return at == m_cards.end() ? -1 : static_cast<int>(at - m_cards.begin());
}

void CardModel::setCards(const std::vector<CardPtr>& wanted) {
    Span span = differing(wanted);
    if (span.shown > 0) removeGone(wanted, span);
    if (span.shown > 0) putInOrder(wanted, span);
    if (span.shown < span.wanted) insertNew(wanted, span);
    replaceChanged(wanted);
}

CardModel::Span CardModel::differing(const std::vector<CardPtr>& wanted) const {
    std::size_t first = 0;
    const std::size_t least = std::min(m_cards.size(), wanted.size());
    while (first < least && same(m_cards[first], wanted[first])) ++first;
    std::size_t behind = 0;
    while (behind < least - first &&
           same(m_cards[m_cards.size() - 1 - behind], wanted[wanted.size() - 1 - behind]))
        ++behind;
    return {static_cast<int>(first), static_cast<int>(m_cards.size() - first - behind),
            static_cast<int>(wanted.size() - first - behind)};
}

void CardModel::removeGone(const std::vector<CardPtr>& wanted, Span& span) {
    std::unordered_map<std::string_view, int> places;
    for (int i = span.first; i < span.first + span.wanted; ++i)
        places.emplace(wanted[static_cast<std::size_t>(i)]->task.id, i);
    const auto gone = [&](int row) { return !places.contains(card(row)->task.id); };
    for (int end = span.first + span.shown; end > span.first;) {
        if (!gone(end - 1)) {
            --end;
            continue;
        }
        int begin = end - 1;
        while (begin > span.first && gone(begin - 1)) --begin;
        removeRun(begin, end - begin);
        span.shown -= end - begin;
        end = begin;
    }
}

void CardModel::putInOrder(const std::vector<CardPtr>& wanted, Span& span) {
    std::unordered_map<std::string_view, int> places;
    for (int i = span.first; i < span.first + span.wanted; ++i)
        places.emplace(wanted[static_cast<std::size_t>(i)]->task.id, i);
    std::vector<int> order;
    for (int row = span.first; row < span.first + span.shown; ++row)
        order.push_back(places.at(card(row)->task.id));
    const std::vector<bool> stays = stayingOf(order);
    std::vector<std::pair<int, std::string>> movers;  // by where they belong
    for (std::size_t i = 0; i < order.size(); ++i)
        if (!stays[i])
            movers.emplace_back(order[i], card(span.first + static_cast<int>(i))->task.id);
    std::sort(movers.begin(), movers.end());
    std::vector<std::string> settled;
    for (std::size_t i = 0; i < order.size(); ++i)
        if (stays[i]) settled.push_back(card(span.first + static_cast<int>(i))->task.id);
    const bool move = movers.size() <= kMovesMost;
    for (const auto& [place, id] : movers) {
        const int from = rowOf(id);
        if (!move) {
            removeRun(from, 1);
            --span.shown;
            continue;
        }
        // Before the first of those in order that belongs behind it.
        const auto behind =
            std::find_if(settled.begin(), settled.end(),
                         [&, at = place](const auto& other) { return places.at(other) > at; });
        const int to = behind == settled.end() ? span.first + span.shown : rowOf(*behind);
        moveRow(from, to);
        settled.insert(behind, id);
    }
}

void CardModel::insertNew(const std::vector<CardPtr>& wanted, const Span& span) {
    const int end = span.first + span.wanted;
    int left = span.shown;  // of the shown ones, still ahead
    for (int at = span.first; at < end; ++at) {
        const auto next = static_cast<std::size_t>(at);
        if (left > 0 && same(m_cards[next], wanted[next])) {
            --left;
            continue;
        }
        int run = at;
        while (run < end &&
               (left == 0 || !same(m_cards[next], wanted[static_cast<std::size_t>(run)])))
            ++run;
        beginInsertRows({}, at, run - 1);
        m_cards.insert(m_cards.begin() + at, wanted.begin() + at, wanted.begin() + run);
        endInsertRows();
        at = run - 1;
    }
}

void CardModel::replaceChanged(const std::vector<CardPtr>& wanted) {
    for (std::size_t row = 0; row < wanted.size(); ++row) {
        if (m_cards[row] == wanted[row]) continue;
        const std::size_t first = row;
        for (; row < wanted.size() && m_cards[row] != wanted[row]; ++row)
            m_cards[row] = wanted[row];
        Q_EMIT dataChanged(index(static_cast<int>(first)), index(static_cast<int>(row) - 1));
    }
}

void CardModel::removeRun(int first, int count) {
    beginRemoveRows({}, first, first + count - 1);
    m_cards.erase(m_cards.begin() + first, m_cards.begin() + first + count);
    endRemoveRows();
}

/// `to` is a row as they are before the move: it will stand before that one.
void CardModel::moveRow(int from, int to) {
    if (to == from || to == from + 1) return;
    beginMoveRows({}, from, from, {}, to);
    const auto at = m_cards.begin();
    if (to > from)
        std::rotate(at + from, at + from + 1, at + to);
    else
        std::rotate(at + to, at + from, at + from + 1);
    endMoveRows();
}

void CardModel::touchAll() {
    if (!m_cards.empty()) Q_EMIT dataChanged(index(0), index(static_cast<int>(m_cards.size()) - 1));
}

int CardModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_cards.size());
}

QVariant CardModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Card& shown = *card(index.row());
    switch (role) {
        case Qt::DisplayRole: return shown.name;
        case Qt::AccessibleTextRole: return m_speaker ? m_speaker(shown) : shown.name;
        case Qt::AccessibleDescriptionRole:
            return shown.task.note ? QString::fromStdString(*shown.task.note) : QString();
        default: return {};
    }
}

Qt::ItemFlags CardModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::ItemIsDropEnabled;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled |
           Qt::ItemNeverHasChildren;
}

QMimeData* CardModel::mimeData(const QModelIndexList& indexes) const {
    if (indexes.isEmpty()) return nullptr;
    QStringList ids;
    QStringList names;
    for (const QModelIndex& index : indexes) {
        const Card& dragged = *card(index.row());
        ids << QString::fromStdString(dragged.task.id);
        names << dragged.name;
    }
    auto* data = new QMimeData;
    data->setData(kMimeType, ids.join(kLineEnd).toLatin1());
    data->setText(names.join(kLineEnd));
    return data;
}

bool CardModel::dropMimeData(const QMimeData* data, Qt::DropAction, int row, int,
                             const QModelIndex& parent) {
    if (parent.isValid() || data == nullptr || !data->hasFormat(kMimeType)) return false;
    Q_EMIT dropped(QString::fromLatin1(data->data(kMimeType)).split(kLineEnd),
                   row < 0 ? static_cast<int>(m_cards.size()) : row);
    return true;
}

}  // namespace hashira::board

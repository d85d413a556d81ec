// SPDX-License-Identifier: MIT
#include "card.h"

#include "frontend/week_store.h"

#include "model/moment.h"

#include <tuple>
#include <utility>

namespace hashira::board {
namespace {

std::int64_t msOf(const std::optional<std::string>& text) {
    const auto moment = text ? Moment::parse(*text) : std::nullopt;
    return moment ? moment->utcMs : 0;
}

bool turnsDirection(char16_t c) {
    return c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

QString shownText(const std::string& utf8) {
    QString text = QString::fromStdString(utf8);
    for (QChar& c : text) {
        if (c == QLatin1Char('\n') || c == QLatin1Char('\t') || c == QChar::LineSeparator)
            c = QLatin1Char(' ');
        else if (c.category() == QChar::Other_Control || turnsDirection(c.unicode()))
            c = QChar::ReplacementCharacter;
    }
    return text;
}

CardPtr makeCard(frontend::Task task) {
    auto card = std::make_shared<Card>();
    card->name = shownText(task.name);
    card->folded = card->name.toCaseFolded();
    for (const std::string& label : task.labels) {
        card->labels << shownText(label);
        card->folded += QLatin1Char('\n') + card->labels.back().toCaseFolded();
    }
    if (task.note)
        card->folded += QLatin1Char('\n') + QString::fromStdString(*task.note).toCaseFolded();
    card->doneMs = msOf(task.done);
    card->startedMs = msOf(task.started);
    card->task = std::move(task);
    return card;
}

bool standsBefore(const Card& a, const Card& b) {
    if (a.task.place == Place::kDone && b.task.place == Place::kDone && a.doneMs != b.doneMs)
        return a.doneMs > b.doneMs;
    return frontend::boardOrder(a.task, b.task);
}

}  // namespace hashira::board

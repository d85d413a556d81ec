// SPDX-License-Identifier: MIT
#include "card_delegate.h"

#include "card_model.h"
#include "marks.h"
#include "texts.h"

#include <QAbstractItemView>
#include <QDateTime>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QTextLayout>
#include <QToolTip>

namespace hashira::board {
namespace {

constexpr int kGap = 4;       ///< above and below a card: twice that is between two
constexpr int kSide = 8;      ///< beside a card
constexpr int kPadding = 12;  ///< within a card
constexpr int kChipsAbove = 8;
constexpr int kBetween = 6;  ///< between two chips
constexpr int kMark = 14;
constexpr int kMarkGap = 4;
constexpr int kPill = 8;  ///< within a label, beside its text
constexpr int kLinesMost = 3;
constexpr int kLabelMost = 130;  ///< a longer label is cut
constexpr qreal kRadius = 8;

const Card& cardOf(const QModelIndex& index) {
    return *static_cast<const CardModel*>(index.model())->card(index.row());
}

QRect cardRect(const QRect& item) {
    return item.adjusted(kSide, kGap, -kSide, -kGap);
}

QRect innerRect(const QRect& item) {
    return cardRect(item).adjusted(kPadding, kPadding - 2, -kPadding, -kPadding + 2);
}

/// "14:05" of today, else "Mon".
QString doneText(const Card& card, const frontend::Now& now) {
    const QDateTime done =
        QDateTime::fromMSecsSinceEpoch(card.doneMs, Qt::OffsetFromUTC, now.offsetMinutes * 60);
    const QDateTime today =
        QDateTime::fromMSecsSinceEpoch(now.utcMs, Qt::OffsetFromUTC, now.offsetMinutes * 60);
    const QLocale locale;
    if (done.date() == today.date()) return locale.toString(done.time(), QLocale::ShortFormat);
    return weekdayText(done.date());
}

/// Calls `line` for each line of the name that is shown, the last one with what did not fit.
template <typename Line>
int layLines(const QString& text, const QFont& font, int width, const Line& line) {
    QTextLayout layout(text, font);
    layout.beginLayout();
    int count = 0;
    for (QTextLine next = layout.createLine(); next.isValid(); next = layout.createLine()) {
        next.setLineWidth(width);
        const bool last = count + 1 == kLinesMost;
        const int from = next.textStart();
        line(count++, last ? text.mid(from) : text.mid(from, next.textLength()));
        if (last) break;
    }
    layout.endLayout();
    return std::max(count, 1);
}

}  // namespace

struct CardDelegate::Chip {
    enum class Kind { kMark, kLabel } kind = Kind::kMark;
    Mark mark = Mark::kDue;
    QString text;
    QColor color;
    QColor ground;  ///< of a label
    QRect rect;
};

CardDelegate::CardDelegate(const CardView& view, QObject* parent)
    : QStyledItemDelegate(parent), m_view(view) {}

void CardDelegate::setFont(const QFont& font) {
    m_font = m_small = font;
    m_small.setPointSizeF(font.pointSizeF() * 0.86);
    m_line = QFontMetrics(m_font).height() + 1;
    m_chip = std::max(QFontMetrics(m_small).height() + 4, kMark + 2);
    ++m_fontNumber;
}

bool CardDelegate::hasChips(const Card& card) const {
    const frontend::Task& task = card.task;
    return !card.labels.isEmpty() || task.note || (task.due && task.place != Place::kDone) ||
           (task.place == Place::kDoing && card.startedMs != 0) || task.place == Place::kDone;
}

int CardDelegate::nameWidth(const Card& card, int inner) const {
    return card.task.pending && m_view.markPending ? inner - kMark - kMarkGap : inner;
}

int CardDelegate::linesOf(const Card& card, int width) const {
    Card::Measure& measure = card.measure;
    if (measure.width == width && measure.font == m_fontNumber) return measure.lines;
    measure = {1, width, m_fontNumber};
    if (QFontMetrics(m_font).horizontalAdvance(card.name) > width)
        measure.lines = layLines(card.name, m_font, width, [](int, const QString&) {});
    return measure.lines;
}

QSize CardDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Card& card = cardOf(index);
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const int width = view != nullptr ? view->viewport()->width() : option.rect.width();
    const int inner = innerRect(QRect(0, 0, width, 100)).width();
    int height = linesOf(card, nameWidth(card, inner)) * m_line;
    if (hasChips(card)) height += kChipsAbove + m_chip;
    return {width, height + 2 * (kPadding - 2) + 2 * kGap};
}

QList<CardDelegate::Chip> CardDelegate::chipsOf(const Card& card) const {
    const Look& look = m_view.look;
    QList<Chip> chips;
    const auto mark = [&](Mark what, const QString& text, const QColor& color) {
        chips << Chip{Chip::Kind::kMark, what, text, color, {}, {}};
    };
    if (card.task.due && card.task.place != Place::kDone) {
        const bool late = isOverdue(card, m_view.now);
        mark(late ? Mark::kOverdue : Mark::kDue, dueText(*card.task.due, m_view.now),
             late ? look.alarm : look.quiet);
    }
    if (const QString doing = doingText(card, m_view.now); !doing.isEmpty())
        mark(Mark::kDoing, doing, look.quiet);
    if (card.task.place == Place::kDone)
        mark(Mark::kDone, card.doneMs == 0 ? QString() : doneText(card, m_view.now), look.quiet);
    if (card.task.note) mark(Mark::kNote, {}, look.quiet);
    for (const QString& label : card.labels)
        chips << Chip{Chip::Kind::kLabel,      {}, label, look.labelText(label),
                      look.labelGround(label), {}};
    return chips;
}

QList<CardDelegate::Chip> CardDelegate::placed(const Card& card, const QRect& inner) const {
    const QFontMetrics metrics(m_small);
    const int top = inner.bottom() + 1 - m_chip;
    QList<Chip> shown;
    int left = inner.left();
    for (Chip chip : chipsOf(card)) {
        int width = metrics.horizontalAdvance(chip.text);
        if (chip.kind == Chip::Kind::kLabel) {
            if (width > kLabelMost) {
                chip.text = metrics.elidedText(chip.text, Qt::ElideRight, kLabelMost);
                width = metrics.horizontalAdvance(chip.text);
            }
            width += 2 * kPill;
        } else {
            width += kMark + (chip.text.isEmpty() ? 0 : kMarkGap + 2);
        }
        if (left + width > inner.right() + 1) {
            if (chip.kind != Chip::Kind::kLabel || inner.right() - left < 2 * kPill + 24) break;
            chip.text =
                metrics.elidedText(chip.text, Qt::ElideRight, inner.right() - left - 2 * kPill);
            width = inner.right() - left;
        }
        chip.rect = QRect(left, top, width, m_chip);
        left += width + kBetween;
        shown << chip;
    }
    return shown;
}

void CardDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const Card& card = cardOf(index);
    const Look& look = m_view.look;
    const bool current = option.state.testFlag(QStyle::State_Selected);
    const bool several = current && m_view.several;
    const bool focused =
        (current || m_view.several) && option.state.testFlag(QStyle::State_HasFocus);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const qreal line = focused && several   ? 3
                       : focused || several ? 2
                       : look.highContrast  ? (current ? 2 : 1.5)
                                            : 1;
    const QColor edge = focused || several ? look.accent
                        : current          ? mixed(look.edge, look.accent, 0.6)
                                           : look.edge;
    painter->setPen(QPen(edge, line));
    painter->setBrush(several                                          ? look.cardChosen
                      : option.state.testFlag(QStyle::State_MouseOver) ? look.cardHover
                                                                       : look.card);
    const qreal half = line / 2;
    painter->drawRoundedRect(QRectF(cardRect(option.rect)).adjusted(half, half, -half, -half),
                             kRadius, kRadius);
    const QRect inner = innerRect(option.rect);
    paintName(*painter, card, inner);
    if (card.task.pending && m_view.markPending)
        drawMark(
            *painter, Mark::kPending,
            QRectF(inner.right() - kMark + 1, inner.top() + (m_line - kMark) / 2.0, kMark, kMark),
            look.quiet);
    if (hasChips(card))
        for (const Chip& chip : placed(card, inner)) paintChip(*painter, chip);
    painter->restore();
}

void CardDelegate::paintCount(QPainter& painter, const QRect& card, qsizetype count) const {
    const QString text = QLocale().toString(count);
    const int width = std::max(m_chip, QFontMetrics(m_small).horizontalAdvance(text) + 2 * kPill);
    const QRect round(card.right() + 1 - width, card.top(), width, m_chip);
    painter.setOpacity(1);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_view.look.accent);
    painter.drawRoundedRect(round, m_chip / 2.0, m_chip / 2.0);
    painter.setFont(m_small);
    painter.setPen(m_view.look.accentText);
    painter.drawText(round, Qt::AlignCenter, text);
}

void CardDelegate::paintName(QPainter& painter, const Card& card, const QRect& inner) const {
    const int width = nameWidth(card, inner.width());
    const QFontMetrics metrics(m_font);
    painter.setFont(m_font);
    painter.setPen(card.task.place == Place::kDone ? m_view.look.quiet : m_view.look.text);
    const auto draw = [&](int line, const QString& text) {
        const QRect where(inner.left(), inner.top() + line * m_line, width, m_line);
        painter.drawText(where, Qt::AlignVCenter | Qt::TextSingleLine,
                         metrics.elidedText(text.trimmed(), Qt::ElideRight, width));
    };
    if (linesOf(card, width) == 1)
        draw(0, card.name);
    else
        layLines(card.name, m_font, width, draw);
}

void CardDelegate::paintChip(QPainter& painter, const Chip& chip) const {
    painter.setFont(m_small);
    if (chip.kind == Chip::Kind::kLabel) {
        const Look& look = m_view.look;
        painter.setPen(look.highContrast ? QPen(look.text, 1) : QPen(Qt::NoPen));
        painter.setBrush(chip.ground);
        painter.drawRoundedRect(QRectF(chip.rect).adjusted(0.5, 0.5, -0.5, -0.5), m_chip / 2.0,
                                m_chip / 2.0);
        painter.setPen(chip.color);
        painter.drawText(chip.rect, Qt::AlignCenter, chip.text);
        return;
    }
    const QRectF square(chip.rect.left(), chip.rect.center().y() + 1 - kMark / 2.0, kMark, kMark);
    drawMark(painter, chip.mark, square, chip.color);
    painter.setPen(chip.color);
    painter.drawText(chip.rect.adjusted(kMark + kMarkGap, 0, 0, 0),
                     Qt::AlignVCenter | Qt::TextSingleLine, chip.text);
}

QString CardDelegate::labelAt(const QStyleOptionViewItem& option, const QModelIndex& index,
                              const QPoint& at) const {
    const Card& card = cardOf(index);
    int label = 0;
    for (const Chip& chip : placed(card, innerRect(option.rect))) {
        if (chip.kind != Chip::Kind::kLabel) continue;
        if (chip.rect.contains(at)) return card.labels.value(label);
        ++label;
    }
    return {};
}

bool CardDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view,
                             const QStyleOptionViewItem&, const QModelIndex& index) {
    if (!index.isValid()) return false;
    const Card& card = cardOf(index);
    QString text = spokenText(card, m_view.now, m_view.markPending).toHtmlEscaped();
    if (card.task.note) {
        constexpr qsizetype kNoteMost = 400;
        const QString note = QString::fromStdString(*card.task.note);
        text += QStringLiteral("<br><br>") + note.left(kNoteMost).toHtmlEscaped() +
                (note.size() > kNoteMost ? QStringLiteral("…") : QString());
    }
    QToolTip::showText(event->globalPos(), QStringLiteral("<p>%1</p>").arg(text), view);
    return true;
}

}  // namespace hashira::board

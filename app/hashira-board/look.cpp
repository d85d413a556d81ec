// SPDX-License-Identifier: MIT
#include "look.h"

#include <algorithm>
#include <cmath>

namespace hashira::board {
namespace {

constexpr double kReadable = 4.6;  ///< a little over WCAG's 4.5: colours are rounded
/// The themes of those who need it put plain text on one plain ground.
constexpr double kHighContrast = 18;

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

/// The colour, moved towards `text` as far as it takes to be read on `ground`.
QColor readable(const QColor& color, const QColor& ground, const QColor& text) {
    for (double part = 0; part < 1; part += 0.05)
        if (const QColor tried = mixed(color, text, part); contrast(tried, ground) >= kReadable)
            return tried;
    return text;
}

/// The same label has the same hue on every device.
int hueOf(const QString& label) {
    // Spread, apart from each other, without the red of what is overdue.
    constexpr int kHues[] = {210, 270, 150, 24, 320, 188, 100, 240, 50, 295};
    // FNV-1a, mixed once more as murmur does: Qt's own hash has another seed in each process.
    unsigned hash = 2166136261U;
    for (const QChar c : label) hash = (hash ^ c.unicode()) * 16777619U;
    hash = (hash ^ (hash >> 16)) * 0x85EBCA6BU;
    hash = (hash ^ (hash >> 13)) * 0xC2B2AE35U;
    return kHues[(hash ^ (hash >> 16)) % std::size(kHues)];
}

}  // namespace

double contrast(const QColor& a, const QColor& b) {
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

QColor mixed(const QColor& a, const QColor& b, double part) {
    const auto channel = [part](float from, float to) {
        return static_cast<float>(from + (to - from) * part);
    };
    return QColor::fromRgbF(channel(a.redF(), b.redF()), channel(a.greenF(), b.greenF()),
                            channel(a.blueF(), b.blueF()));
}

Look Look::of(const QPalette& palette) {
    const QColor window = palette.color(QPalette::Active, QPalette::Window);
    const QColor base = palette.color(QPalette::Active, QPalette::Base);
    const QColor text = palette.color(QPalette::Active, QPalette::Text);
    Look look;
    look.dark = luminance(base) < luminance(text);
    look.highContrast = window == base && contrast(text, base) >= kHighContrast;
    look.text = text;
    look.accent = palette.color(QPalette::Active, QPalette::Highlight);
    look.accentText = palette.color(QPalette::Active, QPalette::HighlightedText);
    look.ground = window;
    if (look.highContrast) {
        look.column = look.card = look.cardHover = look.cardChosen = look.notice = base;
        look.edge = look.quiet = look.noticeText = text;
        look.alarm = readable(QColor(look.dark ? 0xFF8080 : 0xB00020), base, text);
        return look;
    }
    // Cards stand out by light: on a dark ground the column steps back.
    look.column = look.dark ? mixed(window, Qt::black, 0.30) : mixed(window, text, 0.045);
    look.card = look.dark ? mixed(window, text, 0.065) : base;
    look.cardHover = mixed(look.card, look.accent, look.dark ? 0.10 : 0.04);
    look.cardChosen = mixed(look.card, look.accent, look.dark ? 0.22 : 0.12);
    look.edge = mixed(look.card, text, look.dark ? 0.10 : 0.13);
    look.quiet = mixed(look.card, text, 0.58);
    look.alarm = QColor(look.dark ? 0xFF7B72 : 0xC4314B);
    for (const QColor& ground : {look.column, look.card, look.cardHover, look.cardChosen}) {
        look.quiet = readable(look.quiet, ground, text);
        look.alarm = readable(look.alarm, ground, text);
    }
    look.notice = mixed(window, QColor(0xE8, 0x9B, 0x0C), look.dark ? 0.22 : 0.20);
    look.noticeText = readable(text, look.notice, text);
    return look;
}

QColor Look::labelGround(const QString& label) const {
    if (highContrast) return card;
    const QColor hue = QColor::fromHsl(hueOf(label), 170, dark ? 150 : 120);
    return mixed(card, hue, dark ? 0.24 : 0.15);
}

QColor Look::labelText(const QString& label) const {
    if (highContrast) return text;
    const QColor hue = QColor::fromHsl(hueOf(label), dark ? 150 : 170, dark ? 185 : 80);
    return readable(hue, labelGround(label), text);
}

}  // namespace hashira::board

// SPDX-License-Identifier: MIT
#include "label_text.h"

#include <QStringList>

#include <algorithm>

namespace hashira::board {
namespace {

constexpr QLatin1Char kComma(',');
constexpr QLatin1Char kQuote('"');

/// One as it stands between two commas.
QString labelOf(const QString& part) {
    const QString text = part.trimmed();
    if (!text.startsWith(kQuote)) return text.simplified();
    QString label;
    qsizetype at = 1;
    for (; at < text.size(); ++at) {
        if (text[at] == kQuote && (++at == text.size() || text[at] != kQuote)) break;
        label += text[at];
    }
    return label + text.mid(at);  // who goes on behind the quotes means that too
}

/// The parts between the commas that are in no quotes; a quote counts where a label begins with it.
QStringList partsOf(const QString& text) {
    QStringList parts{QString()};
    bool quoted = false;
    for (const QChar c : text) {
        if (c == kComma && !quoted) {
            parts << QString();
            continue;
        }
        if (c == kQuote && (quoted || parts.last().trimmed().isEmpty() ||
                            parts.last().trimmed().startsWith(kQuote)))
            quoted = !quoted;
        parts.last() += c;
    }
    return parts;
}

}  // namespace

QString labelText(const QString& label) {
    if (!label.contains(kComma) && labelOf(label) == label) return label;
    return kQuote + QString(label).replace(kQuote, QStringLiteral("\"\"")) + kQuote;
}

QString labelsText(const std::vector<std::string>& labels) {
    QStringList texts;
    for (const std::string& label : labels) texts << labelText(QString::fromStdString(label));
    return texts.join(QStringLiteral(", "));
}

std::vector<std::string> labelsOf(const QString& text) {
    std::vector<std::string> labels;
    for (const QString& part : partsOf(text)) {
        const std::string label = labelOf(part).toStdString();
        if (!label.empty() && std::find(labels.begin(), labels.end(), label) == labels.end())
            labels.push_back(label);
    }
    return labels;
}

qsizetype lastLabelIn(const QString& text) {
    return text.size() - partsOf(text).last().size();
}

}  // namespace hashira::board

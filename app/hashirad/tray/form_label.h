// SPDX-License-Identifier: MIT
#pragma once

#include <QLabel>

namespace hashirad::tray {

/// The label of a field that stands in a row with others: its mnemonic leads to the field.
inline QLabel* labelFor(QWidget& field, const QString& text) {
    auto* label = new QLabel(text);
    label->setBuddy(&field);
    return label;
}

}  // namespace hashirad::tray

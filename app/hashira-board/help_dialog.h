// SPDX-License-Identifier: MIT
#pragma once

#include <QDialog>

namespace hashira::board {

/// All keys, by group.
class HelpDialog : public QDialog {
    Q_OBJECT

public:
    explicit HelpDialog(QWidget* parent);
};

}  // namespace hashira::board

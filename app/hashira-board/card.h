// SPDX-License-Identifier: MIT
#pragma once

#include "frontend/client.h"

#include <QString>
#include <QStringList>

#include <memory>

namespace hashira::board {

/// A task as the board shows it. Made once by the reading thread and never changed after that.
struct Card {
    frontend::Task task;
    QString name;  ///< in one line, without characters that would disguise it
    QStringList labels;
    QString folded;              ///< name, labels and note for searching, whatever the case
    std::int64_t doneMs = 0;     ///< UTC; 0: not done
    std::int64_t startedMs = 0;  ///< UTC; 0: not started

    /// How many lines the name takes, as the delegate measured it for a width and a font. For the
    /// GUI's thread alone.
    struct Measure {
        int lines = 0;
        int width = -1;
        int font = 0;
    };
    mutable Measure measure;
};
using CardPtr = std::shared_ptr<const Card>;

CardPtr makeCard(frontend::Task task);

/// Order within a column: by rank; what is done, latest first.
bool standsBefore(const Card& a, const Card& b);

/// Text of others in one line: control characters, and those that turn the direction of writing,
/// are shown as such.
QString shownText(const std::string& utf8);

}  // namespace hashira::board

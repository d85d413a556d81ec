// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPainter>
#include <QRectF>

namespace hashira::board {

/// Small signs on a card. Each can be told by its shape alone.
enum class Mark { kDue, kOverdue, kDoing, kDone, kNote, kPending };

void drawMark(QPainter& painter, Mark mark, const QRectF& square, const QColor& color);

}  // namespace hashira::board

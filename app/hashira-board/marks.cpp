// SPDX-License-Identifier: MIT
#include "marks.h"

#include <QPainterPath>

namespace hashira::board {
namespace {

/// All is drawn on a square of this side and scaled.
constexpr qreal kSide = 16;
constexpr qreal kLine = 1.5;

void drawDue(QPainter& painter) {
    painter.drawRoundedRect(QRectF(2, 3.2, 12, 11), 2, 2);
    painter.drawLine(QPointF(2, 7), QPointF(14, 7));
    painter.drawLine(QPointF(5.4, 1.4), QPointF(5.4, 4.4));
    painter.drawLine(QPointF(10.6, 1.4), QPointF(10.6, 4.4));
}

void drawOverdue(QPainter& painter, const QColor& color) {
    QPainterPath triangle;
    triangle.moveTo(8, 1.8);
    triangle.lineTo(15, 14);
    triangle.lineTo(1, 14);
    triangle.closeSubpath();
    painter.drawPath(triangle);
    painter.drawLine(QPointF(8, 6.2), QPointF(8, 9.6));
    painter.setBrush(color);
    painter.drawEllipse(QPointF(8, 11.8), 0.35, 0.35);
}

void drawDoing(QPainter& painter) {
    painter.drawEllipse(QPointF(8, 8), 6.2, 6.2);
    painter.drawPolyline(QPolygonF({{8, 4.4}, {8, 8}, {10.8, 9.6}}));
}

void drawDone(QPainter& painter) {
    painter.drawPolyline(QPolygonF({{2.6, 8.6}, {6.2, 12.2}, {13.4, 4.2}}));
}

void drawNote(QPainter& painter) {
    painter.drawLine(QPointF(2.5, 4), QPointF(13.5, 4));
    painter.drawLine(QPointF(2.5, 8), QPointF(13.5, 8));
    painter.drawLine(QPointF(2.5, 12), QPointF(9, 12));
}

/// On its way up: an arrow out of a tray.
void drawPending(QPainter& painter) {
    painter.drawLine(QPointF(8, 2.4), QPointF(8, 10));
    painter.drawPolyline(QPolygonF({{4.8, 5.4}, {8, 2.2}, {11.2, 5.4}}));
    painter.drawPolyline(QPolygonF({{2.4, 9.6}, {2.4, 13.4}, {13.6, 13.4}, {13.6, 9.6}}));
}

}  // namespace

void drawMark(QPainter& painter, Mark mark, const QRectF& square, const QColor& color) {
    painter.save();
    painter.translate(square.topLeft());
    painter.scale(square.width() / kSide, square.height() / kSide);
    painter.setPen(QPen(color, kLine, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (mark) {
        case Mark::kDue: drawDue(painter); break;
        case Mark::kOverdue: drawOverdue(painter, color); break;
        case Mark::kDoing: drawDoing(painter); break;
        case Mark::kDone: drawDone(painter); break;
        case Mark::kNote: drawNote(painter); break;
        case Mark::kPending: drawPending(painter); break;
    }
    painter.restore();
}

}  // namespace hashira::board

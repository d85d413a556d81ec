// SPDX-License-Identifier: MIT
#include "icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace hashirad::tray {
namespace {

/// All is drawn on a square of this side and scaled.
constexpr qreal kSide = 32;
constexpr int kSizes[] = {16, 22, 24, 32, 48, 64};

const QColor kBlue(0x2F, 0x6F, 0xB7);
const QColor kGrey(0x6B, 0x72, 0x7D);
const QColor kAmber(0xE8, 0x9B, 0x0C);
const QColor kInk(0x1E, 0x22, 0x28);
/// Parts a ground from a panel of its own colour.
const QColor kRim(255, 255, 255, 200);

QPainterPath tile() {
    QPainterPath path;
    path.addRoundedRect(QRectF(1.5, 1.5, 29, 29), 7, 7);
    return path;
}

/// Hashira is a pillar. It has one shaft: two would look like a pause.
QPainterPath pillar() {
    QPainterPath path;
    path.addRoundedRect(QRectF(7, 5.5, 18, 4.5), 1.5, 1.5);
    path.addRect(QRectF(12.5, 11, 7, 10));
    path.addRoundedRect(QRectF(7, 22, 18, 4.5), 1.5, 1.5);
    return path;
}

void drawTile(QPainter& painter, const QColor& ground) {
    painter.setPen(QPen(kRim, 1));
    painter.setBrush(ground);
    painter.drawPath(tile());
}

void fill(QPainter& painter, const QPainterPath& path, const QColor& color) {
    painter.fillPath(path, color);
}

void drawIdle(QPainter& painter) {
    drawTile(painter, kBlue);
    fill(painter, pillar(), Qt::white);
}

/// Half a turn with the head of an arrow at its end.
void drawTurn(QPainter& painter, qreal fromDegrees) {
    painter.save();
    painter.translate(16, 16);
    painter.rotate(fromDegrees);
    painter.setPen(QPen(Qt::white, 3.4, Qt::SolidLine, Qt::FlatCap));
    painter.setBrush(Qt::NoBrush);
    painter.drawArc(QRectF(-8.5, -8.5, 17, 17), 20 * 16, 135 * 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::white);
    const QPointF head[] = {{3, -2.6}, {13.6, -2.6}, {8.4, 4.4}};
    painter.drawPolygon(head, 3);
    painter.restore();
}

void drawSyncing(QPainter& painter) {
    drawTile(painter, kBlue);
    drawTurn(painter, 0);
    drawTurn(painter, 180);
}

/// Hollow and struck through.
void drawOffline(QPainter& painter) {
    painter.setPen(QPen(kRim, 4.6));
    painter.setBrush(QColor(255, 255, 255, 215));
    painter.drawPath(tile());
    painter.setPen(QPen(kGrey, 2.6));
    painter.drawPath(tile());
    fill(painter, pillar(), kGrey);
    painter.setPen(QPen(Qt::white, 7));
    painter.drawLine(QPointF(6, 26), QPointF(26, 6));
    painter.setPen(QPen(kInk, 3.2));
    painter.drawLine(QPointF(4.5, 27.5), QPointF(27.5, 4.5));
}

void drawPaused(QPainter& painter) {
    drawTile(painter, kGrey);
    QPainterPath bars;
    bars.addRoundedRect(QRectF(8.5, 7.5, 5.5, 17), 1.2, 1.2);
    bars.addRoundedRect(QRectF(18, 7.5, 5.5, 17), 1.2, 1.2);
    fill(painter, bars, Qt::white);
}

void drawAttention(QPainter& painter) {
    QPainterPath triangle;
    triangle.moveTo(16, 2.5);
    triangle.lineTo(30, 28.5);
    triangle.lineTo(2, 28.5);
    triangle.closeSubpath();
    painter.setPen(QPen(kRim, 3.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(kAmber);
    painter.drawPath(triangle);
    painter.setPen(QPen(kAmber, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(triangle);
    painter.setPen(QPen(kInk, 3.6, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(16, 11.5), QPointF(16, 18.5));
    painter.drawPoint(QPointF(16, 24));
}

void draw(QPainter& painter, Look look) {
    switch (look) {
        case Look::kIdle: return drawIdle(painter);
        case Look::kSyncing: return drawSyncing(painter);
        case Look::kOffline: return drawOffline(painter);
        case Look::kPaused: return drawPaused(painter);
        case Look::kAttention: return drawAttention(painter);
    }
}

}  // namespace

QIcon iconOf(Look look) {
    QIcon icon;
    for (const int size : kSizes) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(size / kSide, size / kSide);
        draw(painter, look);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

}  // namespace hashirad::tray

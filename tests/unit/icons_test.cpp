// SPDX-License-Identifier: MIT
// The icon's files, the drawing that they are made from, and what the tray draws, are the same
// picture.
#include "icons.h"

#include <QDir>
#include <QImage>
#include <QPainter>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

namespace {

/// Renderers smooth edges differently, by this much of 255 in the middle; most where all is edges.
constexpr double kFar = 8;

QImage fileOf(int size) {
    const QString path = QStringLiteral("%1/resources/icons/hashira-%2.png")
                             .arg(qEnvironmentVariable("HASHIRA_SOURCE_DIR"))
                             .arg(size);
    return QImage(path).convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

/// How far two pictures are from each other, in the middle over all pixels and colours.
double distance(const QImage& one, const QImage& other) {
    if (one.size() != other.size()) return 255;
    double sum = 0;
    for (int y = 0; y < one.height(); ++y)
        for (int x = 0; x < one.width(); ++x) {
            const QRgb a = one.pixel(x, y);
            const QRgb b = other.pixel(x, y);
            sum += std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) +
                   std::abs(qBlue(a) - qBlue(b)) + std::abs(qAlpha(a) - qAlpha(b));
        }
    return sum / (4.0 * one.width() * one.height());
}

}  // namespace

class IconsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filesAreWhatTheTrayDraws_data() {
        QTest::addColumn<int>("size");
        for (const int size : {16, 22, 24, 32, 48, 64}) QTest::addRow("%d", size) << size;
    }
    void filesAreWhatTheTrayDraws() {
        QFETCH(int, size);
        const auto drawn = [size](hashirad::tray::Look look) {
            return hashirad::tray::iconOf(look).pixmap(size).toImage().convertToFormat(
                QImage::Format_ARGB32_Premultiplied);
        };
        const double far = distance(fileOf(size), drawn(hashirad::tray::Look::kIdle));
        QVERIFY2(far < kFar, qPrintable(QString::number(far)));
        QVERIFY(distance(fileOf(size), drawn(hashirad::tray::Look::kSyncing)) > kFar);
    }

    void filesAreMadeFromTheDrawing_data() {
        QTest::addColumn<int>("size");
        for (const int size : {16, 22, 24, 32, 48, 64, 128, 256, 512})
            QTest::addRow("%d", size) << size;
    }
    void filesAreMadeFromTheDrawing() {
        QFETCH(int, size);
        const QString tool = QStandardPaths::findExecutable(QStringLiteral("rsvg-convert"));
        if (tool.isEmpty()) QSKIP("rsvg-convert is missing");
        QProcess render;
        const QString side = QString::number(size);
        render.start(tool, {QStringLiteral("-w"), side, QStringLiteral("-h"), side,
                            qEnvironmentVariable("HASHIRA_SOURCE_DIR") +
                                QStringLiteral("/resources/icons/hashira.svg")});
        QVERIFY(render.waitForFinished());
        const QImage made = QImage::fromData(render.readAllStandardOutput(), "PNG")
                                .convertToFormat(QImage::Format_ARGB32_Premultiplied);
        const double far = distance(fileOf(size), made);
        QVERIFY2(far < 1, qPrintable(QString::number(far)));
    }
};

QTEST_MAIN(IconsTest)
#include "icons_test.moc"

// SPDX-License-Identifier: MIT
// The icon's files, the drawing that they are made from, and what the tray draws, are the same
// picture; and the tray's states are different ones, also without colour.
#include "icons.h"

#include <QDir>
#include <QImage>
#include <QPainter>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <vector>

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

/// Of 255, in the middle over all pixels: from about here on people tell small pictures apart.
constexpr double kTellsApart = 12;

QImage drawn(hashirad::tray::Look look, int size) {
    return hashirad::tray::iconOf(look).pixmap(size).toImage().convertToFormat(
        QImage::Format_ARGB32_Premultiplied);
}

/// As who sees no colours sees it on a panel of that grey.
QImage withoutColour(const QImage& picture, int panel) {
    QImage seen(picture.size(), QImage::Format_RGB32);
    seen.fill(QColor(panel, panel, panel));
    QPainter painter(&seen);
    painter.drawImage(0, 0, picture);
    painter.end();
    return seen.convertToFormat(QImage::Format_Grayscale8)
        .convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

/// As distance(), of pictures in grey: their alpha is the same and says nothing.
double greyDistance(const QImage& one, const QImage& other) {
    return distance(one, other) * 4 / 3;
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
        const double far = distance(fileOf(size), drawn(hashirad::tray::Look::kIdle, size));
        QVERIFY2(far < kFar, qPrintable(QString::number(far)));
        QVERIFY(distance(fileOf(size), drawn(hashirad::tray::Look::kSyncing, size)) > kFar);
    }

    void statesAreToldApartWithoutColour_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("panel");
        for (const int size : {16, 22, 24, 32, 48, 64})
            for (const int panel : {0, 30, 128, 235, 255})
                QTest::addRow("%d on %d", size, panel) << size << panel;
    }
    void statesAreToldApartWithoutColour() {
        QFETCH(int, size);
        QFETCH(int, panel);
        std::vector<QImage> seen;
        QImage nothing(size, size, QImage::Format_ARGB32_Premultiplied);
        nothing.fill(Qt::transparent);
        seen.push_back(withoutColour(nothing, panel));  // an icon that cannot be seen is none
        for (const hashirad::tray::Look look : hashirad::tray::kLooks)
            seen.push_back(withoutColour(drawn(look, size), panel));
        QCOMPARE(seen.size(), std::size_t{6});
        for (std::size_t i = 0; i < seen.size(); ++i)
            for (std::size_t j = i + 1; j < seen.size(); ++j) {
                const double far = greyDistance(seen[i], seen[j]);
                QVERIFY2(far > kTellsApart,
                         qPrintable(QStringLiteral("%1 and %2: %3").arg(i).arg(j).arg(far)));
            }
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

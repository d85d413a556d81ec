// SPDX-License-Identifier: MIT
#include <QTest>

#include "settings_file.h"

#include <QSettings>
#include <QTemporaryDir>

using hashirad::withSetting;

class SettingsFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneKeyIsSetAndAllElseStays_data() {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("empty") << QByteArray() << QByteArray("weeks-kept=5\n");
        QTest::newRow("there") << QByteArray("; mine\nweeks-kept = 9\n\ndatastore=x\n")
                               << QByteArray("; mine\nweeks-kept=5\n\ndatastore=x\n");
        QTest::newRow("another key")
            << QByteArray("datastore=x\n") << QByteArray("datastore=x\nweeks-kept=5\n");
        QTest::newRow("no last line end")
            << QByteArray("datastore=x") << QByteArray("datastore=x\nweeks-kept=5\n");
        QTest::newRow("General") << QByteArray("[General]\ndatastore=x\n\n[Other]\nweeks-kept=7\n")
                                 << QByteArray(
                                        "[General]\ndatastore=x\nweeks-kept=5\n\n[Other]\n"
                                        "weeks-kept=7\n");
        QTest::newRow("only another section")
            << QByteArray("[Other]\nweeks-kept=7\n")
            << QByteArray("weeks-kept=5\n[Other]\nweeks-kept=7\n");
        QTest::newRow("a comment of it")
            << QByteArray("; weeks-kept=7\n") << QByteArray("; weeks-kept=7\nweeks-kept=5\n");
        QTest::newRow("twice") << QByteArray("weeks-kept=1\nweeks-kept=2\n")
                               << QByteArray("weeks-kept=5\nweeks-kept=5\n");
    }
    void oneKeyIsSetAndAllElseStays() {
        QFETCH(QByteArray, before);
        const QByteArray text = withSetting(before, "weeks-kept", "5");
        QTEST(text, "after");
        // As the program reads it.
        const QTemporaryDir directory;
        QFile file(directory.filePath(QStringLiteral("hashirad.conf")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        file.close();
        const QSettings settings(file.fileName(), QSettings::IniFormat);
        QCOMPARE(settings.value(QStringLiteral("weeks-kept")).toInt(), 5);
    }
};

QTEST_APPLESS_MAIN(SettingsFileTest)
#include "settings_file_test.moc"

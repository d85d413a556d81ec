// SPDX-License-Identifier: MIT
#include <QTest>

#include "desktop/autostart_launch_agent.h"
#include "desktop/autostart_run_key.h"
#include "desktop/autostart_xdg.h"
#include "desktop/small_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QXmlStreamReader>

using namespace hashira::desktop;

namespace {

const LoginProgram kProgram{
    QStringLiteral("/opt/with space/hashirad"),
    {QStringLiteral("--data-dir"), QStringLiteral("/home/a \"b\" $c 100%\\")}};

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

}  // namespace

class AutostartTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void xdgIsSwitchedOnAndOff() {
        XdgAutostart autostart(at("config"), {at("system")}, kProgram);
        const QString file = at("config/autostart/hashira.desktop");
        QVERIFY(!autostart.enabled());
        QVERIFY(autostart.set(true).ok());
        QVERIFY(autostart.enabled());
        // As the specification has it: quoted, and then escaped as any text.
        QVERIFY2(read(file).contains("\nExec=\"/opt/with space/hashirad\" \"--data-dir\" "
                                     "\"/home/a \\\\\"b\\\\\" \\\\$c 100%%\\\\\\\\\"\n"),
                 read(file).constData());
        QVERIFY(autostart.set(false).ok());
        QVERIFY(!autostart.enabled());
        QVERIFY(!QFile::exists(file));
        QVERIFY(autostart.set(false).ok());
    }

    void xdgSaysNoToTheSystemsOwn() {
        XdgAutostart autostart(at("config"), {at("none"), at("system"), at("last")}, kProgram);
        QVERIFY(
            writeSmallFile(at("last/autostart/hashira.desktop"), "[Desktop Entry]\nHidden=true\n")
                .ok());
        QVERIFY(!autostart.enabled());
        QVERIFY(writeSmallFile(at("system/autostart/hashira.desktop"),
                               "[Desktop Entry]\nExec=hashirad\n")
                    .ok());
        QVERIFY(autostart.enabled());
        QVERIFY(autostart.set(false).ok());
        QVERIFY(!autostart.enabled());
        QVERIFY(read(at("config/autostart/hashira.desktop")).contains("\nHidden=true\n"));
        QVERIFY(autostart.set(true).ok());
        QVERIFY(autostart.enabled());
    }

    void xdgBelievesTheDesktopsOwnSettings_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("on");
        QTest::newRow("plain") << QByteArray("[Desktop Entry]\nExec=x\n") << true;
        QTest::newRow("hidden") << QByteArray("[Desktop Entry]\nHidden = true\r\n") << false;
        QTest::newRow("GNOME") << QByteArray("[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n")
                               << false;
        QTest::newRow("elsewhere")
            << QByteArray("[Desktop Entry]\nExec=x\n[Other]\nHidden=true\n") << true;
    }
    void xdgBelievesTheDesktopsOwnSettings() {
        QFETCH(QByteArray, text);
        QVERIFY(writeSmallFile(at("config/autostart/hashira.desktop"), text).ok());
        QTEST(XdgAutostart(at("config"), {}, kProgram).enabled(), "on");
    }

    void whatCannotBeWrittenIsTold() {
        QVERIFY(writeSmallFile(at("config"), "a file in the way").ok());
        const auto done = XdgAutostart(at("config"), {}, kProgram).set(true);
        QVERIFY(!done.ok());
        QVERIFY(QString::fromStdString(done.error().message).contains(at("config/autostart")));
    }

    void aLaunchAgentNamesTheProgram() {
        LaunchAgentAutostart autostart(at("agents"), kProgram);
        QVERIFY(!autostart.enabled());
        QVERIFY(autostart.set(true).ok());
        QVERIFY(autostart.enabled());
        QXmlStreamReader xml(read(at("agents/org.hashira.hashirad.plist")));
        QStringList texts;
        bool atLoad = false;
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement) continue;
            if (xml.name() == QLatin1String("true")) atLoad = true;
            if (xml.name() == QLatin1String("string")) texts << xml.readElementText();
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(texts.mid(1, 3), QStringList{kProgram.path} + kProgram.arguments);
        QVERIFY(atLoad);
        QVERIFY(autostart.set(false).ok());
        QVERIFY(!autostart.enabled());
    }

    void theRunKeyHoldsACommandLine() {
        RunKeyAutostart autostart(at("run.ini"), QSettings::IniFormat, kProgram);
        QVERIFY(!autostart.enabled());
        QVERIFY(autostart.set(true).ok());
        QVERIFY(autostart.enabled());
        QCOMPARE(QSettings(at("run.ini"), QSettings::IniFormat).value(QStringLiteral("Hashira")),
                 QVariant(QLatin1Char('"') + QDir::toNativeSeparators(kProgram.path) +
                          QStringLiteral("\" \"--data-dir\" \"/home/a \\\"b\\\" $c 100%\\\\\"")));
        QVERIFY(autostart.set(false).ok());
        QVERIFY(!autostart.enabled());
    }

#ifdef Q_OS_WIN
    void itIsWhereWindowsLooks() {
        const QSettings run(
            QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"),
            QSettings::NativeFormat);
        const auto autostart = makeAutostart(kProgram);
        QVERIFY(autostart->set(true).ok());
        QVERIFY(autostart->enabled());
        QVERIFY(
            run.value(QStringLiteral("Hashira")).toString().contains(QLatin1String("hashirad")));
        QVERIFY(autostart->set(false).ok());
        QVERIFY(!autostart->enabled());
        QVERIFY(!run.contains(QStringLiteral("Hashira")));
    }
#endif

private:
    QString at(const char* name) const {
        return m_dir->filePath(QLatin1String(name));
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_APPLESS_MAIN(AutostartTest)
#include "autostart_test.moc"

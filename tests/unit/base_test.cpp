// SPDX-License-Identifier: MIT
#include <QTest>

#include "base/clock.h"
#include "base/path.h"
#include "base/private_file.h"
#include "base/result.h"
#include "base/utf8.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <ctime>
#include <memory>

using namespace hashira;

class BaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resultHoldsAValueOrAnError() {
        const auto half = [](int number) -> Result<int> {
            if (number % 2) return invalid("must be even");
            return number / 2;
        };
        QVERIFY(half(4).ok());
        QCOMPARE(*half(4), 2);
        QVERIFY(!half(3));
        QCOMPARE(half(3).error().code, ErrorCode::kInvalid);
        QCOMPARE(half(3).error().message, std::string("must be even"));
    }

    void resultMovesItsValue() {
        Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
        const std::unique_ptr<int> taken = std::move(*result);
        QCOMPARE(*taken, 7);
    }

    void wellFormedUtf8IsTold() {
        for (const std::string good :
             {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
              "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
            QVERIFY2(isUtf8(good), good.c_str());
        // Lone, cut off, overlong, surrogates, beyond U+10FFFF.
        for (const std::string bad :
             {"\x80", "\xC3", "\xC3\x1b", "\xC0\x80", "\xC1\xBF", "\xE2\x82", "\xE0\x9F\xBF",
              "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
              "a\x80z"})
            QVERIFY2(!isUtf8(bad), bad.c_str());
        QCOMPARE(utf8Sequence("\xE2\x82\xAC and more"), std::size_t{3});
        QVERIFY(isUtf8(std::string_view("\0", 1)));
    }

    void statusIsGoodUnlessToldOtherwise() {
        QVERIFY(Status().ok());
        const Status bad = Error{ErrorCode::kDiskFull, "no room"};
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, ErrorCode::kDiskFull);
    }

    void aNameIsTheSameForQtAndForTheLibrary() {
        const QTemporaryDir directory;
        const QString name = directory.filePath(QString::fromUtf8("Grüße, 世界.txt"));
        const std::string text = name.toStdString();
        QVERIFY(writePrivateFile(toPath(text), "one").ok());
        QVERIFY(QFile::exists(name));
        QVERIFY(std::filesystem::exists(toPath(text)));
        QCOMPARE(fromPath(toPath(text)), text);
    }

    void aPrivateFileIsReplacedAtOnce() {
        const QTemporaryDir directory;
        const std::string name = directory.filePath(QStringLiteral("token")).toStdString();
        const auto read = [&] {
            QFile file(QString::fromStdString(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
        };
        QVERIFY(writePrivateFile(toPath(name), "a longer text").ok());
        QCOMPARE(read(), QByteArray("a longer text"));
        QVERIFY(writePrivateFile(toPath(name), "short").ok());
        QCOMPARE(read(), QByteArray("short"));
        QCOMPARE(QDir(directory.path()).entryList(QDir::Files), {QStringLiteral("token")});
#ifdef Q_OS_UNIX
        QCOMPARE(QFile::permissions(QString::fromStdString(name)) &
                     ~(QFile::ReadUser | QFile::WriteUser),
                 QFile::ReadOwner | QFile::WriteOwner);
#endif
        const Status nowhere = writePrivateFile(toPath(name) / "file", "text");
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().message.find("cannot be written") != std::string::npos);
    }

    void theClockIsTheMachines() {
        const SystemClock clock;
        const auto wall = std::int64_t(std::time(nullptr)) * 1000;
        QVERIFY(clock.nowMs() >= wall && clock.nowMs() < wall + 60'000);
        const auto first = clock.steadyMs();
        QVERIFY(clock.steadyMs() >= first);
    }

    /// By the rules that the zone has at that moment, not by today's.
    void theOffsetIsThatOfTheMoment() {
#ifdef Q_OS_UNIX
        qputenv("TZ", "XST-1XDT-2,M3.5.0,M10.5.0/3");
        tzset();
        const SystemClock clock;
        QCOMPARE(clock.utcOffsetMinutes(1'795'459'533'000), 60);   // 2026-11-23
        QCOMPARE(clock.utcOffsetMinutes(1'782'907'200'000), 120);  // 2026-07-01
        qputenv("TZ", "XST+9:30");
        tzset();
        QCOMPARE(clock.utcOffsetMinutes(0), -570);
#else
        QSKIP("the zone of a process cannot be set here");
#endif
    }
};

QTEST_APPLESS_MAIN(BaseTest)
#include "base_test.moc"

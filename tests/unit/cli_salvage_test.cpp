// SPDX-License-Identifier: MIT
#include "salvage.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

using namespace hashira::cli;

class CliSalvageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void mergesTheCommands();
    void damageCostsOnlyItsRows();
    void leavesTheCopyAlone();
    void saysWhatIsNoOutbox();

private:
    void exec(const std::string& sql);
    void insert(int seq, int what, const std::string& payload, int stamp, int state = 0);
    std::string path() const {
        return m_directory->filePath(QStringLiteral("outbox.db")).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    sqlite3* m_database = nullptr;
};

namespace {
std::string task(int number) {
    char text[64];
    std::snprintf(text, sizeof text, "019ab000-0000-7000-8000-%012d", number);
    return text;
}
}  // namespace

void CliSalvageTest::init() {
    m_directory = std::make_unique<QTemporaryDir>();
    QCOMPARE(sqlite3_open(path().c_str(), &m_database), SQLITE_OK);
    QFile schema(qEnvironmentVariable("HASHIRA_SOURCE_DIR") +
                 QStringLiteral("/resources/sql/local/001_outbox.sql"));
    QVERIFY(schema.open(QIODevice::ReadOnly));
    exec(schema.readAll().toStdString());
}

void CliSalvageTest::cleanup() {
    sqlite3_close(m_database);
    m_database = nullptr;
}

void CliSalvageTest::exec(const std::string& sql) {
    char* error = nullptr;
    sqlite3_exec(m_database, sql.c_str(), nullptr, nullptr, &error);
    QVERIFY2(error == nullptr, error);
}

void CliSalvageTest::insert(int seq, int what, const std::string& payload, int stamp, int state) {
    exec("INSERT INTO commands VALUES (" + std::to_string(seq) + ", NULL, NULL, 'c" +
         std::to_string(seq) + "', " + std::to_string(what) + ", 't', '" + payload + "', " +
         std::to_string(stamp) + ", 0, 'dev', 0, 0, x'00', " + std::to_string(state) +
         ", 0, 0, NULL)");
}

void CliSalvageTest::mergesTheCommands() {
    insert(1, 1, R"({"id":")" + task(1) + R"(","name":"first","note":"n","cost":1.10})", 10);
    insert(2, 2, R"({"id":")" + task(1) + R"(","name":"later"})", 30);
    insert(3, 2, R"({"id":")" + task(1) + R"(","name":"earlier","note":null})", 20);
    insert(4, 1, R"({"id":")" + task(2) + R"(","name":"given up"})", 40, 3);
    insert(5, 2, R"({"id":")" + task(3) + R"(","note":"a task of which only this is here"})", 50);
    insert(6, 1, "not json", 60);
    cleanup();
    const auto salvaged = salvageOutbox(path());
    QVERIFY(salvaged.ok());
    QCOMPARE(salvaged->lines.size(), std::size_t(1));
    QCOMPARE(salvaged->lines[0], R"({"cost":1.10,"id":")" + task(1) + R"(","name":"later"})");
    QCOMPARE(salvaged->unreadable, std::size_t(1));
}

void CliSalvageTest::damageCostsOnlyItsRows() {
    exec("BEGIN");
    for (int i = 1; i <= 2000; ++i)
        insert(i, 1, R"({"id":")" + task(i) + R"(","name":"some task with a name"})", i);
    exec("COMMIT");
    cleanup();
    QFile file(QString::fromStdString(path()));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const qint64 middle = file.size() / 4096 / 3 * 4096;
    QVERIFY(file.seek(middle));
    file.write(QByteArray(4096, '\xFF'));
    file.close();
    const auto salvaged = salvageOutbox(path());
    QVERIFY(salvaged.ok());
    QVERIFY(salvaged->unreadable > 0);
    QVERIFY2(salvaged->lines.size() > 1900 && salvaged->lines.size() < 2000,
             std::to_string(salvaged->lines.size()).c_str());
}

void CliSalvageTest::leavesTheCopyAlone() {
    insert(1, 1, R"({"id":")" + task(1) + R"(","name":"x"})", 10);
    cleanup();
    QFile file(QString::fromStdString(path()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    QVERIFY(salvageOutbox(path()).ok());
    QVERIFY(file.seek(0));
    QCOMPARE(file.readAll(), before);
    QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files).size(), 1);
}

void CliSalvageTest::saysWhatIsNoOutbox() {
    const std::string other = m_directory->filePath(QStringLiteral("other")).toStdString();
    QFile file(QString::fromStdString(other));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is no database, only a text that somebody wrote");
    file.close();
    const auto salvaged = salvageOutbox(other);
    QVERIFY(!salvaged.ok());
    QVERIFY(salvaged.error().message.find("is no outbox of Hashira") != std::string::npos);
    QVERIFY(!salvageOutbox(other + "-missing").ok());
}

QTEST_GUILESS_MAIN(CliSalvageTest)
#include "cli_salvage_test.moc"

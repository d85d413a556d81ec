// SPDX-License-Identifier: MIT
#include "cli_fake_client.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace hashira;
using namespace hashira::cli;

class CliLoginTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tokenComesFromAPipe();
    void tokenComesFromAFile();
    void tokenIsAskedForOnATerminal();
    void givingUpSendsNothing();
    void checksBeforeItSignsIn();
    void adoptingNeedsConsent();
    void adoptingIsAskedOnATerminal();
    void leavingNeedsConsent();
    void jsonIsTheStatus();
    void logoutSaysWhatStays();

private:
    int login(std::vector<std::string> more = {}, const std::string& input = "secret\n") {
        std::vector<std::string> args{"login", "hashira://box:7946"};
        args.insert(args.end(), more.begin(), more.end());
        return m_person->run(args, input);
    }
    std::string write(const char* name, const QByteArray& text) {
        QFile file(m_directory->filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
        file.write(text);
        return file.fileName().toStdString();
    }
    const std::vector<front::SignIn>& asked() const { return m_person->daemon.signIns; }

    std::optional<QTemporaryDir> m_directory;
    std::optional<Person> m_person;
};

void CliLoginTest::init() {
    m_directory.emplace();
    m_person.emplace(m_directory->path().toStdString());
    m_person->daemon.signInAnswer = front::SignedIn{{}, "account-1", 0, 0};
}

void CliLoginTest::tokenComesFromAPipe() {
    QCOMPARE(login({}, "  secret \n"), 0);
    QCOMPARE(asked().back().token, std::string("secret"));
    QCOMPARE(asked().back().datastore, std::string("hashira://box:7946"));
    QCOMPARE(m_person->out, std::string("signed in to hashira://box:7946 as account account-1\n"));
    QVERIFY(m_person->err.empty());
}

void CliLoginTest::tokenComesFromAFile() {
    const std::string token = write("token", "from file\r\n");
    const std::string ca = write("ca.pem", "PEM");
    QCOMPARE(login({"--token-file", token, "--ca", ca}), 0);
    QCOMPARE(asked().back().token, std::string("from file"));
    QCOMPARE(asked().back().caCertificate, std::string("PEM"));
    const std::string large = write("large", QByteArray(100'000, 'x'));
    QCOMPARE(login({"--token-file", large}), 1);
    QVERIFY(m_person->err.find("too large") != std::string::npos);
}

void CliLoginTest::tokenIsAskedForOnATerminal() {
    m_person->host.inIsTerminal = true;
    std::string prompt;
    m_person->host.readSecret = [&](const std::string& words) {
        prompt = words;
        return std::optional<std::string>("typed");
    };
    QCOMPARE(login({}, ""), 0);
    QCOMPARE(prompt, std::string("Token: "));
    QCOMPARE(asked().back().token, std::string("typed"));
}

void CliLoginTest::givingUpSendsNothing() {
    m_person->host.inIsTerminal = true;
    m_person->host.readSecret = [](const std::string&) { return std::optional<std::string>(); };
    QCOMPARE(login({}, ""), 1);
    QVERIFY(asked().empty());
}

void CliLoginTest::checksBeforeItSignsIn() {
    QCOMPARE(login(), 0);
    QCOMPARE(asked().size(), std::size_t(2));
    QVERIFY(asked().front().checkOnly && !asked().back().checkOnly);
    m_person->daemon.signInAnswer = Error{ErrorCode::kInternal, "the token is not known"};
    QCOMPARE(login(), 1);
    QCOMPARE(asked().size(), std::size_t(3));
    QCOMPARE(m_person->err, std::string("hashira: the token is not known\n"));
}

void CliLoginTest::adoptingNeedsConsent() {
    m_person->daemon.signInAnswer = front::SignedIn{{}, "account-1", 3, 0};
    QCOMPARE(login(), 1);
    QCOMPARE(asked().size(), std::size_t(1));
    QVERIFY(m_person->err.find("3 changes were made here") != std::string::npos);
    QVERIFY(m_person->err.find("--adopt") != std::string::npos);
    QCOMPARE(login({"--adopt"}), 0);
    QVERIFY(asked().back().adopt && !asked().back().leavePending);
}

void CliLoginTest::adoptingIsAskedOnATerminal() {
    m_person->daemon.signInAnswer = front::SignedIn{{}, "account-1", 1, 0};
    m_person->host.inIsTerminal = true;
    const std::string token = write("token", "secret");
    QCOMPARE(login({"--token-file", token}, "n\n"), 1);
    QCOMPARE(asked().size(), std::size_t(1));
    QVERIFY(m_person->err.find("1 change were made") == std::string::npos);
    QCOMPARE(login({"--token-file", token}, "y\n"), 0);
    QVERIFY(asked().back().adopt);
}

void CliLoginTest::leavingNeedsConsent() {
    m_person->daemon.signInAnswer = front::SignedIn{{}, "account-2", 0, 5};
    QCOMPARE(login({"--adopt"}), 1);
    QVERIFY(m_person->err.find("5 changes of the account so far") != std::string::npos);
    QCOMPARE(login({"--force"}), 0);
    QVERIFY(asked().back().leavePending && !asked().back().adopt);
}

void CliLoginTest::jsonIsTheStatus() {
    front::SignedIn answer{{}, "account-1", 0, 0};
    answer.status.account = "account-1";
    m_person->daemon.signInAnswer = answer;
    QCOMPARE(login({"--json"}), 0);
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(m_person->out)).object();
    QCOMPARE(json.value(QLatin1String("account")).toString(), QLatin1String("account-1"));
}

void CliLoginTest::logoutSaysWhatStays() {
    front::Status status;
    status.warnings = {"The token is still in the keyring"};
    m_person->daemon.signOutAnswer = status;
    QCOMPARE(m_person->run({"logout"}), 0);
    QCOMPARE(m_person->out, std::string("signed out; the tasks stay on this machine\n"));
    QCOMPARE(m_person->err, std::string("hashira: The token is still in the keyring\n"));
    QCOMPARE(m_person->run({"logout", "--force"}), 0);
    QCOMPARE(m_person->daemon.signOuts, (std::vector<bool>{false, true}));
}

QTEST_GUILESS_MAIN(CliLoginTest)
#include "cli_login_test.moc"

// SPDX-License-Identifier: MIT
#include <QTest>

#include "settings_window.h"
#include "sign_in.h"

#include "daemon/desk_port.h"
#include "desktop/autostart.h"
#include "wishes.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <optional>

using namespace hashira;
using namespace hashirad;

namespace {

/// A daemon that answers when the test wants it to.
class FakeDesk final : public daemon::DeskPort {
public:
    void watch(std::function<void(const front::Status&)>) override {}
    bool today(std::size_t, Reply<Today>) override { return false; }
    void send(What, const std::string&, Reply<front::Receipt>) override {}
    void syncNow(Reply<front::Status>) override {}
    void pause(front::Pause, Reply<front::Status>) override {}
    void listRejected(Reply<std::vector<front::RejectedCommand>>) override {}
    void stand(const std::string&, const std::string&) override {}
    std::string signInFixed() const override { return {}; }
    void signIn(front::SignIn wanted, Reply<front::SignedIn> reply) override {
        asked.push_back(std::move(wanted));
        m_reply = std::move(reply);
    }
    void signOut(bool, Reply<front::Status>) override {}

    void answer(Result<front::SignedIn> result) { std::exchange(m_reply, nullptr)(result); }
    bool waits() const { return bool(m_reply); }

    std::vector<front::SignIn> asked;

private:
    Reply<front::SignedIn> m_reply;
};

class FakeAutostart final : public desktop::Autostart {
public:
    bool enabled() const override { return on; }
    Status set(bool enabled) override {
        on = enabled;
        return {};
    }
    bool on = false;
};

class FakeWishes final : public WishesPort {
public:
    Wishes wishes() const override { return held; }
    const WishesFixed& fixed() const override { return fixedBy; }
    Status keep(const Wishes& wishes) override {
        if (failure) return *failure;
        held = wishes;
        return {};
    }
    void watch(std::function<void()>) override {}
    std::string file() const override { return "/home/me/hashirad.conf"; }
    desktop::Autostart& autostart() override { return login; }

    Wishes held{10, 60, true};
    WishesFixed fixedBy;
    std::optional<Error> failure;
    FakeAutostart login;
};

front::SignedIn found(std::uint64_t adopts, std::uint64_t leaves) {
    front::SignedIn result;
    result.adopts = adopts;
    result.leaves = leaves;
    return result;
}

}  // namespace

class TrayWindowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_desk = std::make_unique<FakeDesk>();
        m_window = std::make_unique<tray::SignIn>(*m_desk);
        m_window->open({});
    }

    void aSignInIsCheckedAndThenKept() {
        const QSignalSpy done(m_window.get(), &tray::SignIn::done);
        fill("tasks.example.org:7946", "secret");
        QCOMPARE(line("token")->echoMode(), QLineEdit::Password);
        QTest::keyClick(m_window.get(), Qt::Key_Return);
        QCOMPARE(m_desk->asked.size(), std::size_t{1});
        QCOMPARE(m_desk->asked[0].datastore, std::string("hashira://tasks.example.org:7946"));
        QCOMPARE(m_desk->asked[0].token, std::string("secret"));
        QVERIFY(m_desk->asked[0].checkOnly);
        QVERIFY(!line("address")->isEnabled());
        m_desk->answer(found(0, 0));
        QCOMPARE(m_desk->asked.size(), std::size_t{2});
        const front::SignIn& kept = m_desk->asked[1];
        QVERIFY(!kept.checkOnly && !kept.adopt && !kept.leavePending);
        m_desk->answer(found(0, 0));
        QCOMPARE(done.count(), 1);
        QVERIFY(!m_window->isVisible());
        // Nobody finds the token in a window that was closed.
        QCOMPARE(line("token")->text(), QString());
    }

    void whatBecomesOfTheTasksIsAsked_data() {
        QTest::addColumn<quint64>("adopts");
        QTest::addColumn<quint64>("leaves");
        QTest::addColumn<QString>("words");
        QTest::newRow("adopts one") << quint64(1) << quint64(0) << QStringLiteral("1 change was");
        QTest::newRow("adopts") << quint64(3) << quint64(0) << QStringLiteral("3 changes were");
        QTest::newRow("leaves one") << quint64(0) << quint64(1) << QStringLiteral("1 change of");
        QTest::newRow("leaves") << quint64(0) << quint64(2) << QStringLiteral("2 changes of");
    }
    void whatBecomesOfTheTasksIsAsked() {
        QFETCH(quint64, adopts);
        QFETCH(quint64, leaves);
        QFETCH(QString, words);
        fill("h:1", "secret");
        click("go");
        m_desk->answer(found(adopts, leaves));
        QVERIFY2(said().contains(words), qPrintable(said()));
        QCOMPARE(m_desk->asked.size(), std::size_t{1});
        // Enter means the button with the focus, which is the one that moves nothing.
        QTest::keyClick(m_window.get(), Qt::Key_Return);
        QVERIFY(line("address")->isEnabled());
        QCOMPARE(line("token")->text(), QStringLiteral("secret"));
        click("go");
        m_desk->answer(found(adopts, leaves));
        click("go");
        QCOMPARE(m_desk->asked.size(), std::size_t{3});
        QCOMPARE(m_desk->asked[2].adopt, adopts > 0);
        QCOMPARE(m_desk->asked[2].leavePending, leaves > 0);
        m_desk->answer(found(adopts, leaves));
    }

    void whatIsWrongIsToldAndNothingTypedIsLost() {
        fill("h:1", "secret");
        click("go");
        m_desk->answer(Error{ErrorCode::kUnavailable, "<b>nobody</b> answers"});
        QCOMPARE(said(), QStringLiteral("<b>nobody</b> answers"));
        QCOMPARE(m_window->findChild<QLabel*>(QStringLiteral("words"))->textFormat(),
                 Qt::PlainText);
        QCOMPARE(line("token")->text(), QStringLiteral("secret"));
        click("go");
        m_desk->answer(found(0, 0));
        m_desk->answer(Error{ErrorCode::kLocked, "the keyring is locked"});
        QCOMPARE(said(), QStringLiteral("The keyring is locked"));
        QVERIFY(m_window->isVisible() && line("token")->isEnabled());
    }

    void aCertificateIsReadFromItsFile() {
        const QTemporaryDir directory;
        QFile file(directory.filePath(QStringLiteral("ca.pem")));
        fill("h:1", "secret");
        line("certificate")->setText(file.fileName());
        click("go");
        QVERIFY2(said().startsWith(QStringLiteral("The certificate cannot be read: ")),
                 qPrintable(said()));
        QVERIFY(m_desk->asked.empty());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("-----BEGIN CERTIFICATE");
        file.close();
        click("go");
        QCOMPARE(m_desk->asked.at(0).caCertificate, std::string("-----BEGIN CERTIFICATE"));
    }

    void anAnswerToAClosedWindowIsNobodys() {
        fill("h:1", "secret");
        click("go");
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(!m_window->isVisible());
        m_desk->answer(found(0, 0));
        QCOMPARE(m_desk->asked.size(), std::size_t{1});
        // What is being kept cannot be turned back, so the window stays until it is.
        m_window->open(QStringLiteral("hashira://h:1"));
        fill("h:1", "secret");
        click("go");
        m_desk->answer(found(0, 0));
        m_window->close();
        QVERIFY(m_window->isVisible());
        m_desk->answer(found(0, 0));
        QVERIFY(!m_window->isVisible());
    }

    void settingsShowWhatHoldsAndKeepWhatIsChanged() {
        FakeWishes wishes;
        wishes.held.syncSeconds = 0.5;  // as a file may have it
        wishes.fixedBy.weeksKept = "--weeks-kept";
        tray::SettingsWindow window(wishes);
        window.open();
        QVERIFY(!window.findChild<QSpinBox*>(QStringLiteral("weeks"))->isEnabled());
        QVERIFY(window.findChild<QSpinBox*>(QStringLiteral("interval"))->isEnabled());
        bool told = false;
        for (const QLabel* label : window.findChildren<QLabel*>())
            told = told ||
                   (label->isVisible() && label->text().contains(QLatin1String("--weeks-kept")));
        QVERIFY(told);
        window.findChild<QCheckBox*>(QStringLiteral("notifications"))->setChecked(false);
        window.findChild<QCheckBox*>(QStringLiteral("atLogin"))->setChecked(true);
        QTest::mouseClick(window.findChild<QPushButton*>(QStringLiteral("save")), Qt::LeftButton);
        QCOMPARE(wishes.held, (Wishes{10, 0.5, false}));
        QVERIFY(wishes.login.on);
        QVERIFY(!window.isVisible());
        // What was set elsewhere meanwhile is shown.
        wishes.held.syncSeconds = 300;
        wishes.failure = Error{ErrorCode::kPrecondition, "it cannot be written"};
        window.open();
        auto* interval = window.findChild<QSpinBox*>(QStringLiteral("interval"));
        QCOMPARE(interval->value(), 300);
        interval->setValue(30);
        QTest::mouseClick(window.findChild<QPushButton*>(QStringLiteral("save")), Qt::LeftButton);
        QVERIFY(window.isVisible());
        QCOMPARE(window.findChild<QLabel*>(QStringLiteral("words"))->text(),
                 QStringLiteral("It cannot be written"));
        wishes.failure.reset();
        QTest::keyClick(&window, Qt::Key_Return);
        QCOMPARE(wishes.held.syncSeconds, 30.0);
    }

private:
    QLineEdit* line(const char* name) const {
        return m_window->findChild<QLineEdit*>(QLatin1String(name));
    }
    QString said() const { return m_window->findChild<QLabel*>(QStringLiteral("words"))->text(); }
    void fill(const char* address, const char* token) const {
        for (const auto& [name, text] : {std::pair{"address", address}, {"token", token}}) {
            line(name)->clear();
            QTest::keyClicks(line(name), QLatin1String(text));
        }
    }
    void click(const char* name) const {
        QTest::mouseClick(m_window->findChild<QPushButton*>(QLatin1String(name)), Qt::LeftButton);
    }

    std::unique_ptr<FakeDesk> m_desk;
    std::unique_ptr<tray::SignIn> m_window;
};

QTEST_MAIN(TrayWindowsTest)
#include "tray_windows_test.moc"

// SPDX-License-Identifier: MIT
#include "tray.h"

#include "board_program.h"
#include "icons.h"
#include "quick_add.h"
#include "settings_window.h"
#include "sign_in.h"

#include "desktop/autostart.h"

#include <QApplication>
#include <QDateTime>
#include <QPushButton>

namespace hashirad::tray {
namespace {

using hashira::Result;
using hashira::daemon::DeskPort;
using hashira::front::Status;

/// Most syncs are over sooner: an icon that flickers at each change tells nothing.
constexpr int kSyncingShownMs = 500;

/// What notifications have told, for the next start.
QString toldFile(const FaceSettings& settings) {
    return QString::fromStdString(settings.dataDir + "/told.json");
}

}  // namespace

Tray::Tray(DeskPort& desk, WishesPort& wishes, FaceSettings settings)
    : m_desk(desk),
      m_wishes(wishes),
      m_settings(std::move(settings)),
      m_menu(desk),
      m_messenger(
          desk, toldFile(m_settings),
          [this](const QString& title, const QString& text) { return showPlain(title, text); }),
      m_hosts([this](bool there) { hostChanged(there); }) {
    m_syncing.setSingleShot(true);
    m_syncing.setInterval(kSyncingShownMs);
    connect(&m_syncing, &QTimer::timeout, this, [this] { show(Look::kSyncing); });
    connectMenu();
    const auto notify = [this] { m_messenger.setOn(m_wishes.wishes().notifications); };
    notify();
    m_wishes.watch(notify);
    m_desk.watch([this](const Status& status) { told(status); });
}

Tray::~Tray() {
    m_desk.watch(nullptr);
    m_wishes.watch(nullptr);
}

void Tray::connectMenu() {
    connect(&m_menu, &Menu::opening, this, [this] {
        m_menu.setBoard(!boardProgram().isEmpty());
        m_menu.setAtLogin(m_wishes.autostart().enabled());
    });
    connect(&m_menu, &Menu::boardAsked, this, [this] { openBoard(); });
    connect(&m_menu, &Menu::quickAddAsked, this, &Tray::openQuickAdd);
    connect(&m_menu, &Menu::syncAsked, this, [this] { remedy(Remedy::kSync); });
    connect(&m_menu, &Menu::pauseAsked, this, &Tray::pause);
    connect(&m_menu, &Menu::resumeAsked, this,
            [this] { m_desk.pause({false}, [](const Result<Status>&) {}); });
    connect(&m_menu, &Menu::problemAsked, this, &Tray::deal);
    connect(&m_menu, &Menu::settingsAsked, this, &Tray::openSettings);
    connect(&m_menu, &Menu::atLoginAsked, this, &Tray::setAtLogin);
    connect(&m_menu, &Menu::signInAsked, this, &Tray::openSignIn);
    connect(&m_menu, &Menu::signOutAsked, this, &Tray::askSignOut);
    connect(&m_menu, &Menu::aboutAsked, this, &Tray::about);
    connect(&m_menu, &Menu::quitAsked, this, [] { QCoreApplication::quit(); });
    connect(&m_menu, &Menu::failed, this, [this](const QString& words) {
        say(QMessageBox::Warning, Words::tr("That could not be done"), words);
    });
    connect(&m_messenger, &Messenger::asked, this, [this](const Notice& notice) {
        if (notice.remedy == Remedy::kRejected || notice.remedy == Remedy::kSignIn)
            return remedy(notice.remedy);
        deal({notice.kind, notice.title, notice.text, notice.remedy});
    });
}

void Tray::hostChanged(bool there) {
    m_desk.stand("tray", there ? std::string() : noTrayIcon().toStdString());
    if (!there || m_icon) return;
    m_menu.setDrawn(m_hosts.onBus() ? Drawn::kByHost : Drawn::kByQt);
    m_icon = std::make_unique<QSystemTrayIcon>();
    m_icon->setContextMenu(m_menu.menu());
    connect(m_icon.get(), &QSystemTrayIcon::activated, this,
            [this](QSystemTrayIcon::ActivationReason reason) {
                if (reason == QSystemTrayIcon::Trigger) openBoard();
            });
    connect(m_icon.get(), &QSystemTrayIcon::messageClicked, this,
            [this] { m_messenger.plainClicked(); });
    m_look.reset();
    look();
    m_icon->show();
}

void Tray::told(const Status& status) {
    m_status = status;
    m_menu.setStatus(status);
    m_messenger.look(status);
    look();
}

void Tray::look() {
    if (!m_icon) return;
    m_icon->setToolTip(toolTip(m_status, QDateTime::currentDateTime()));
    const Look wanted = lookOf(m_status);
    if (wanted != Look::kSyncing || !m_look) return show(wanted);
    if (m_look != Look::kSyncing && !m_syncing.isActive()) m_syncing.start();
}

void Tray::show(Look look) {
    m_syncing.stop();
    if (!m_icon || m_look == look) return;
    m_look = look;
    m_icon->setIcon(iconOf(look));
}

void Tray::openBoard(const QStringList& more) {
    if (const hashira::Status shown = startBoard(m_settings.endpoint, m_settings.dataDir, more);
        !shown)
        say(QMessageBox::Warning, Words::tr("The board cannot be shown"), errorText(shown.error()));
}

void Tray::openQuickAdd() {
    if (!m_quickAdd) m_quickAdd = std::make_unique<QuickAdd>(m_desk);
    m_quickAdd->open();
}

void Tray::openSettings() {
    if (!m_settingsWindow) m_settingsWindow = std::make_unique<SettingsWindow>(m_wishes);
    m_settingsWindow->open();
}

void Tray::openSignIn() {
    if (const std::string fixed = m_desk.signInFixed(); !fixed.empty()) {
        say(QMessageBox::Information, Words::tr("Signing in is fixed"), sentence(fixed));
        return;
    }
    if (!m_signIn) m_signIn = std::make_unique<SignIn>(m_desk);
    m_signIn->open(QString::fromStdString(m_status.datastore));
}

void Tray::askSignOut() {
    QMessageBox* box =
        say(QMessageBox::Question,
            Words::tr("Sign out of %1?").arg(QString::fromStdString(m_status.datastore)),
            signOutText(m_status));
    QPushButton* button = box->addButton(Words::tr("Sign out"), QMessageBox::AcceptRole);
    connect(button, &QPushButton::clicked, this, [this, agreed = m_status.pending > 0] {
        m_desk.signOut(agreed, [this](const Result<Status>& status) {
            if (status) return;
            say(QMessageBox::Warning, Words::tr("Still signed in"), errorText(status.error()));
        });
    });
}

void Tray::setAtLogin(bool enabled) {
    const hashira::Status set = m_wishes.autostart().set(enabled);
    if (set) return;
    m_menu.setAtLogin(!enabled);
    say(QMessageBox::Warning, Words::tr("That could not be done"), errorText(set.error()));
}

bool Tray::showPlain(const QString& title, const QString& text) {
    // For an icon of a host on D-Bus Qt asks the same service, which is not there.
    if (!m_icon || m_hosts.onBus()) return false;
    m_icon->showMessage(title, text, QSystemTrayIcon::Warning);
    return true;
}

void Tray::pause(Menu::Pause pause) {
    const QDateTime now = QDateTime::currentDateTime();
    QDateTime until;
    if (pause == Menu::Pause::kHour) until = now.addSecs(3'600);
    if (pause == Menu::Pause::kTomorrow) until = now.date().addDays(1).startOfDay();
    m_desk.pause({true, until.isValid() ? until.toMSecsSinceEpoch() : 0},
                 [](const Result<Status>&) {});
}

void Tray::deal(const Problem& problem) {
    QMessageBox* box = say(QMessageBox::Warning, problem.title, problem.text);
    const QString label = remedyText(problem.remedy);
    if (label.isEmpty()) return;
    QPushButton* button = box->addButton(label, QMessageBox::AcceptRole);
    box->setDefaultButton(button);
    connect(button, &QPushButton::clicked, this, [this, what = problem.remedy] { remedy(what); });
}

void Tray::remedy(Remedy remedy) {
    switch (remedy) {
        case Remedy::kRejected: return openBoard({QStringLiteral("--rejected")});
        case Remedy::kSync:
            return m_desk.syncNow([](const Result<Status>&) {});  // the status tells how it ended
        case Remedy::kSignIn: return openSignIn();
        case Remedy::kRead: return;
    }
}

void Tray::about() {
    say(QMessageBox::Information, Words::tr("About Hashira"),
        Words::tr("Hashira %1\nThe tasks of the day, on this machine first.")
            .arg(QString::fromStdString(m_settings.version)));
}

QMessageBox* Tray::say(QMessageBox::Icon icon, const QString& title, const QString& text) {
    if (m_box) m_box->close();
    m_box = new QMessageBox(icon, Words::tr("Hashira"), title, QMessageBox::Close);
    m_box->setInformativeText(text);
    m_box->setDefaultButton(QMessageBox::Close);  // Enter does nothing that was not asked for
    m_box->setAttribute(Qt::WA_DeleteOnClose);
    m_box->setModal(false);
    m_box->show();
    m_box->raise();
    m_box->activateWindow();
    return m_box;
}

}  // namespace hashirad::tray

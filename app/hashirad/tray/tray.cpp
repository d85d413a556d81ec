// SPDX-License-Identifier: MIT
#include "tray.h"

#include "icons.h"
#include "quick_add.h"

#include <QApplication>
#include <QDateTime>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>

namespace hashirad::tray {
namespace {

using hashira::Result;
using hashira::daemon::DeskPort;
using hashira::front::Status;

/// Most syncs are over sooner: an icon that flickers at each change tells nothing.
constexpr int kSyncingShownMs = 500;

QString boardProgram() {
    return QStandardPaths::findExecutable(QStringLiteral("hashira-board"),
                                          {QCoreApplication::applicationDirPath()});
}

}  // namespace

Tray::Tray(DeskPort& desk, FaceSettings settings)
    : m_desk(desk),
      m_settings(std::move(settings)),
      m_menu(desk),
      m_hosts([this](bool there) { hostChanged(there); }) {
    m_syncing.setSingleShot(true);
    m_syncing.setInterval(kSyncingShownMs);
    connect(&m_syncing, &QTimer::timeout, this, [this] { show(Look::kSyncing); });
    connectMenu();
    m_desk.watch([this](const Status& status) { told(status); });
}

Tray::~Tray() {
    m_desk.watch(nullptr);
}

void Tray::connectMenu() {
    connect(&m_menu, &Menu::opening, this, [this] { m_menu.setBoard(!boardProgram().isEmpty()); });
    connect(&m_menu, &Menu::boardAsked, this, [this] { openBoard(); });
    connect(&m_menu, &Menu::quickAddAsked, this, &Tray::openQuickAdd);
    connect(&m_menu, &Menu::syncAsked, this, [this] { remedy(Remedy::kSync); });
    connect(&m_menu, &Menu::pauseAsked, this, &Tray::pause);
    connect(&m_menu, &Menu::resumeAsked, this,
            [this] { m_desk.pause(false, [](const Result<Status>&) {}); });
    connect(&m_menu, &Menu::problemAsked, this, &Tray::deal);
    connect(&m_menu, &Menu::aboutAsked, this, &Tray::about);
    connect(&m_menu, &Menu::quitAsked, this, [] { QCoreApplication::quit(); });
    connect(&m_menu, &Menu::failed, this, [this](const QString& words) {
        say(QMessageBox::Warning, Words::tr("That could not be done"), words);
    });
}

void Tray::hostChanged(bool there) {
    m_desk.stand("tray", there ? std::string()
                               : Words::tr("There is no place for a tray icon on this desktop. "
                                           "Hashira runs without one.")
                                     .toStdString());
    if (!there || m_icon) return;
    m_icon = std::make_unique<QSystemTrayIcon>();
    m_icon->setContextMenu(m_menu.menu());
    connect(m_icon.get(), &QSystemTrayIcon::activated, this,
            [this](QSystemTrayIcon::ActivationReason reason) {
                if (reason == QSystemTrayIcon::Trigger) openBoard();
            });
    m_look.reset();
    look();
    m_icon->show();
}

void Tray::told(const Status& status) {
    m_status = status;
    m_menu.setStatus(status);
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
    const QString program = boardProgram();
    if (program.isEmpty()) {
        say(QMessageBox::Information, Words::tr("The board is not installed"),
            Words::tr("The program hashira-board was not found beside hashirad."));
        return;
    }
    QProcess::startDetached(program, QStringList{QStringLiteral("--socket"),
                                                 QString::fromStdString(m_settings.endpoint)} +
                                         more);
}

void Tray::openQuickAdd() {
    if (!m_quickAdd) m_quickAdd = std::make_unique<QuickAdd>(m_desk);
    m_quickAdd->open();
}

void Tray::pause(Menu::Pause) {
    m_desk.pause(true, [](const Result<Status>&) {});
}

void Tray::deal(const Problem& problem) {
    QMessageBox* box = say(QMessageBox::Warning, problem.title, problem.text);
    const QString label = remedyText(problem.remedy);
    if (label.isEmpty()) return;
    QPushButton* button = box->addButton(label, QMessageBox::AcceptRole);
    connect(button, &QPushButton::clicked, this, [this, what = problem.remedy] { remedy(what); });
}

void Tray::remedy(Remedy remedy) {
    switch (remedy) {
        case Remedy::kRejected: return openBoard({QStringLiteral("--rejected")});
        case Remedy::kSync:
            return m_desk.syncNow([](const Result<Status>&) {});  // the status tells how it ended
        case Remedy::kSignIn:
        case Remedy::kSettings:
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
    m_box->setAttribute(Qt::WA_DeleteOnClose);
    m_box->setModal(false);
    m_box->show();
    m_box->raise();
    m_box->activateWindow();
    return m_box;
}

}  // namespace hashirad::tray

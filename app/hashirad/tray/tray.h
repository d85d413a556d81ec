// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"
#include "face.h"
#include "host_watch.h"
#include "menu.h"
#include "messenger.h"
#include "problems.h"
#include "wishes.h"
#include "words.h"

#include <QIcon>
#include <QMessageBox>
#include <QObject>
#include <QPointer>
#include <QSystemTrayIcon>
#include <QTimer>

#include <memory>
#include <optional>

namespace hashirad::tray {

class QuickAdd;
class SettingsWindow;
class SignIn;

/// The icon, and what a person does with it. A front end of the daemon's status: it keeps no state
/// of its own but what it shows.
class Tray final : public QObject {
    Q_OBJECT
public:
    Tray(hashira::daemon::DeskPort& desk, WishesPort& wishes, FaceSettings settings);
    ~Tray() override;

private:
    void connectMenu();
    void hostChanged(bool there);
    void told(const hashira::front::Status& status);
    void look();
    void show(Look look);
    void openBoard(const QStringList& more = {});
    void openQuickAdd();
    void openSettings();
    void openSignIn();
    void askSignOut();
    void setAtLogin(bool enabled);
    /// A notification in the icon's own way; false: there is no icon.
    bool showPlain(const QString& title, const QString& text);
    void pause(Menu::Pause pause);
    void deal(const Problem& problem);
    void remedy(Remedy remedy);
    void about();
    /// A window with words, beside whatever else is open.
    QMessageBox* say(QMessageBox::Icon icon, const QString& title, const QString& text);

    hashira::daemon::DeskPort& m_desk;
    WishesPort& m_wishes;
    const FaceSettings m_settings;
    hashira::front::Status m_status;
    Menu m_menu;
    Messenger m_messenger;
    std::unique_ptr<QuickAdd> m_quickAdd;
    std::unique_ptr<SettingsWindow> m_settingsWindow;
    std::unique_ptr<SignIn> m_signIn;
    QPointer<QMessageBox> m_box;
    std::optional<Look> m_look;
    QTimer m_syncing;  ///< runs while it is to be seen whether a sync lasts
    std::unique_ptr<QSystemTrayIcon> m_icon;
    HostWatch m_hosts;
};

}  // namespace hashirad::tray

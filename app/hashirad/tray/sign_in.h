// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/desk_port.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>

#include <cstdint>

namespace hashirad::tray {

/// The window to sign in to a datastore. It asks the datastore first, then says what becomes of
/// the tasks that are here and asks the person, and only then signs in; what is wrong is told in
/// it, and nothing typed is lost.
class SignIn final : public QWidget {
    Q_OBJECT
public:
    explicit SignIn(hashira::daemon::DeskPort& desk);

    /// Shows it in front, with that address where none is typed yet.
    void open(const QString& datastore);

    /// Signed in; the window has closed.
    Q_SIGNAL void done(const hashira::front::SignedIn& result);

private:
    enum class Step {
        kEdit,   ///< the person types
        kCheck,  ///< the datastore is asked
        kAgree,  ///< the person is asked what becomes of the tasks here
        kKeep    ///< it is being kept: too late to turn back
    };

    void build();
    void chooseCertificate();
    void go();
    void check();
    void checked(const hashira::Result<hashira::front::SignedIn>& result);
    void keep(bool adopt, bool leavePending);
    void kept(const hashira::Result<hashira::front::SignedIn>& result);
    void fail(const hashira::Error& error);
    void back();
    void enter(Step step, const QString& words = {});
    /// The certificate's text, or nothing after it said why not.
    bool readCertificate(std::string& certificate);
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

    hashira::daemon::DeskPort& m_desk;
    Step m_step = Step::kEdit;
    hashira::front::SignIn m_wanted;
    hashira::front::SignedIn m_found;
    /// Grows with each question to the daemon: an answer to an older one is nobody's.
    std::uint64_t m_asked = 0;
    QLineEdit m_address;
    QLineEdit m_token;
    QLineEdit m_certificate;
    QPushButton m_choose;
    QLabel m_words;
    QPushButton m_go;
    QPushButton m_cancel;
};

}  // namespace hashirad::tray

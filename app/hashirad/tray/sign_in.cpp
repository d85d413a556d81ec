// SPDX-License-Identifier: MIT
#include "sign_in.h"

#include "form_label.h"
#include "tray_limits.h"
#include "words.h"

#include <QCloseEvent>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <utility>

namespace hashirad::tray {
namespace {

using hashira::ErrorCode;
using hashira::Result;
using hashira::front::SignedIn;

constexpr int kWidth = 520;

/// People leave out what is always the same.
QString wholeAddress(const QString& typed) {
    const QString address = typed.trimmed();
    return address.isEmpty() || address.contains(QStringLiteral("://"))
               ? address
               : QStringLiteral("hashira://") + address;
}

QString question(const SignedIn& found) {
    if (found.adopts == 1)
        return Words::tr(
            "1 change was made here before anybody signed in. It becomes the account's and goes to "
            "its datastore.");
    if (found.adopts > 0)
        return Words::tr(
                   "%1 changes were made here before anybody signed in. They become the account's "
                   "and go to its datastore.")
            .arg(found.adopts);
    if (found.leaves == 1)
        return Words::tr(
            "This is another account. 1 change of the account so far is not synced yet: it stays "
            "on this machine and waits until that account is signed in again.");
    return Words::tr(
               "This is another account. %1 changes of the account so far are not synced yet: they "
               "stay on this machine and wait until that account is signed in again.")
        .arg(found.leaves);
}

QString title(bool edit, bool agree, bool wrong) {
    if (agree) return Words::tr("Sign in?");
    if (!edit) return Words::tr("Signing in…");
    return wrong ? Words::tr("Not signed in") : Words::tr("Sign in");
}

}  // namespace

SignIn::SignIn(hashira::daemon::DeskPort& desk) : m_desk(desk) {
    build();
    connect(&m_choose, &QPushButton::clicked, this, &SignIn::chooseCertificate);
    connect(&m_go, &QPushButton::clicked, this, &SignIn::go);
    connect(&m_cancel, &QPushButton::clicked, this, &SignIn::back);
    enter(Step::kEdit);
}

void SignIn::build() {
    setWindowFlags(Qt::Dialog);
    m_address.setObjectName(QStringLiteral("address"));
    m_address.setPlaceholderText(QStringLiteral("hashira://tasks.example.org:7946"));
    m_token.setObjectName(QStringLiteral("token"));
    m_token.setEchoMode(QLineEdit::Password);
    m_token.setPlaceholderText(Words::tr("from whoever runs the datastore"));
    m_certificate.setObjectName(QStringLiteral("certificate"));
    m_certificate.setPlaceholderText(Words::tr("only for a certificate authority of your own"));
    m_choose.setText(Words::tr("Choose…"));
    m_choose.setAccessibleName(Words::tr("Choose the certificate's file"));
    m_words.setObjectName(QStringLiteral("words"));
    m_words.setWordWrap(true);
    m_words.setTextFormat(Qt::PlainText);  // it says what a server said
    m_words.setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_go.setObjectName(QStringLiteral("go"));
    m_cancel.setObjectName(QStringLiteral("cancel"));
    m_go.setDefault(true);

    auto* certificate = new QHBoxLayout;
    certificate->addWidget(&m_certificate);
    certificate->addWidget(&m_choose);
    auto* form = new QFormLayout;
    form->addRow(Words::tr("&Address"), &m_address);
    form->addRow(Words::tr("&Token"), &m_token);
    form->addRow(labelFor(m_certificate, Words::tr("CA &certificate")), certificate);
    auto* buttons = new QDialogButtonBox;
    buttons->addButton(&m_go, QDialogButtonBox::AcceptRole);
    buttons->addButton(&m_cancel, QDialogButtonBox::RejectRole);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(&m_words);
    layout->addStretch();
    layout->addWidget(buttons);
    resize(kWidth, sizeHint().height());
}

void SignIn::open(const QString& datastore) {
    if (m_address.text().isEmpty()) m_address.setText(datastore);
    show();
    raise();
    activateWindow();
    if (m_step == Step::kEdit) (m_address.text().isEmpty() ? m_address : m_token).setFocus();
}

void SignIn::enter(Step step, const QString& words) {
    m_step = step;
    const bool edit = step == Step::kEdit;
    for (QLineEdit* line : {&m_address, &m_token, &m_certificate}) line->setEnabled(edit);
    m_choose.setEnabled(edit);
    m_go.setEnabled(edit || step == Step::kAgree);
    m_go.setText(step != Step::kAgree ? Words::tr("Sign in")
                 : m_found.adopts > 0 ? Words::tr("Sign in and send them")
                                      : Words::tr("Sign in and leave them here"));
    m_cancel.setText(step == Step::kAgree ? Words::tr("Back") : Words::tr("Cancel"));
    m_cancel.setEnabled(step != Step::kKeep);
    m_words.setText(words);
    m_words.setVisible(!words.isEmpty());
    setWindowTitle(title(edit, step == Step::kAgree, !words.isEmpty()));
    if (step == Step::kAgree) m_cancel.setFocus();  // what moves tasks wants a second look
}

void SignIn::chooseCertificate() {
    const QString file =
        QFileDialog::getOpenFileName(this, Words::tr("The certificate of the authority"), {},
                                     Words::tr("Certificates (*.pem *.crt *.cer);;All files (*)"));
    if (!file.isEmpty()) m_certificate.setText(file);
}

bool SignIn::readCertificate(std::string& certificate) {
    const QString path = m_certificate.text().trimmed();
    if (path.isEmpty()) return true;
    QFile file(path);
    if (file.open(QIODevice::ReadOnly)) {
        certificate = file.read(kCertificateBytes + 1).toStdString();
        return true;
    }
    enter(Step::kEdit, Words::tr("The certificate cannot be read: %1").arg(file.errorString()));
    m_certificate.setFocus();
    return false;
}

void SignIn::go() {
    if (m_step == Step::kEdit) return check();
    if (m_step == Step::kAgree) keep(m_found.adopts > 0, m_found.leaves > 0);
}

void SignIn::check() {
    m_wanted = {};
    m_wanted.datastore = wholeAddress(m_address.text()).toStdString();
    m_wanted.token = m_token.text().trimmed().toStdString();
    if (m_wanted.datastore.empty()) return m_address.setFocus();
    if (m_wanted.token.empty()) return m_token.setFocus();
    if (!readCertificate(m_wanted.caCertificate)) return;
    enter(Step::kCheck, Words::tr("Asking the datastore…"));
    m_wanted.checkOnly = true;
    m_desk.signIn(m_wanted, [this, asked = ++m_asked](const Result<SignedIn>& result) {
        if (asked == m_asked) checked(result);
    });
}

void SignIn::checked(const Result<SignedIn>& result) {
    if (!result) return fail(result.error());
    m_found = *result;
    if (m_found.adopts == 0 && m_found.leaves == 0) return keep(false, false);
    enter(Step::kAgree, question(m_found));
}

void SignIn::keep(bool adopt, bool leavePending) {
    m_wanted.checkOnly = false;
    m_wanted.adopt = adopt;
    m_wanted.leavePending = leavePending;
    enter(Step::kKeep, Words::tr("Signing in…"));
    m_desk.signIn(m_wanted, [this, asked = ++m_asked](const Result<SignedIn>& result) {
        if (asked == m_asked) kept(result);
    });
}

void SignIn::kept(const Result<SignedIn>& result) {
    m_wanted = {};
    if (!result) return fail(result.error());
    enter(Step::kEdit);
    close();
    Q_EMIT done(*result);
}

/// Says it, and puts the keys to where it is most likely mended.
void SignIn::fail(const hashira::Error& error) {
    enter(Step::kEdit, errorText(error));
    const bool nobody = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadline;
    QLineEdit& line = nobody ? m_address : m_token;
    line.setFocus();
    line.selectAll();
}

void SignIn::back() {
    if (m_step == Step::kAgree) return enter(Step::kEdit);
    close();
}

void SignIn::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape: back(); return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            // On a button it means that button.
            if (auto* button = qobject_cast<QPushButton*>(focusWidget()))
                button->click();
            else
                go();
            return;
        default: QWidget::keyPressEvent(event);
    }
}

void SignIn::closeEvent(QCloseEvent* event) {
    if (m_step == Step::kKeep) return event->ignore();
    ++m_asked;  // an answer that comes now is not for this window any more
    m_address.clear();
    m_token.clear();
    m_certificate.clear();
    m_wanted = {};
    enter(Step::kEdit);
    event->accept();
}

}  // namespace hashirad::tray

// SPDX-License-Identifier: MIT
#include "rejected_dialog.h"

#include "card.h"

#include "words.h"

#include <QDialogButtonBox>
#include <QVBoxLayout>

namespace hashira::board {
namespace {

constexpr int kWidth = 560;
constexpr int kMargin = 18;
constexpr int kHeight = 380;

}  // namespace

RejectedDialog::RejectedDialog(Session& session, QWidget* parent)
    : QDialog(parent), m_session(session) {
    setWindowTitle(tr("Changes that were refused"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_lead.setWordWrap(true);
    m_list.setAccessibleName(windowTitle());
    m_list.setAlternatingRowColors(true);
    m_reason.setWordWrap(true);
    m_reason.setTextFormat(Qt::PlainText);
    m_retry.setText(tr("&Send again"));
    m_discard.setText(tr("&Give it up"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(&m_retry, QDialogButtonBox::ActionRole);
    buttons->addButton(&m_discard, QDialogButtonBox::DestructiveRole);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kMargin / 2);
    layout->addWidget(&m_lead);
    layout->addWidget(&m_list, 1);
    layout->addWidget(&m_reason);
    layout->addWidget(buttons);
    resize(kWidth, kHeight);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&m_list, &QListWidget::currentRowChanged, this, &RejectedDialog::showReason);
    connect(&m_retry, &QPushButton::clicked, this, [this] { deal(true); });
    connect(&m_discard, &QPushButton::clicked, this, [this] { deal(false); });
    connect(&m_session, &Session::rejectedChanged, this, &RejectedDialog::load);
    connect(&m_session, &Session::connectedChanged, this, &RejectedDialog::load);
    m_lead.setText(tr("Asking the daemon…"));
    showReason();
    load();
}

void RejectedDialog::load() {
    m_session.listRejected(this, [this](const Result<std::vector<front::RejectedCommand>>& all) {
        if (all)
            fill(*all);
        else if (!all.error().message.empty())
            m_lead.setText(hashirad::tray::errorText(all.error()));
    });
}

void RejectedDialog::fill(const std::vector<front::RejectedCommand>& commands) {
    const int row = std::max(0, m_list.currentRow());
    m_commands = commands;
    m_list.clear();
    for (const front::RejectedCommand& one : m_commands) {
        const QString task = shownText(one.taskName.empty() ? one.command.taskId : one.taskName);
        switch (one.command.what) {
            case What::kNew: m_list.addItem(tr("New: %1").arg(task)); break;
            case What::kUpdate: m_list.addItem(tr("Change of: %1").arg(task)); break;
            case What::kDelete: m_list.addItem(tr("Deletion of: %1").arg(task)); break;
        }
    }
    m_lead.setText(m_commands.empty()
                       ? tr("Nothing is refused.")
                       : tr("The datastore did not accept these changes. They are kept here until "
                            "you send them again or give them up."));
    if (!m_commands.empty())
        m_list.setCurrentRow(std::min(row, static_cast<int>(m_commands.size()) - 1));
    showReason();
}

void RejectedDialog::showReason() {
    const int row = m_list.currentRow();
    const bool any = row >= 0 && row < static_cast<int>(m_commands.size());
    m_retry.setEnabled(any);
    m_discard.setEnabled(any);
    m_reason.clear();
    if (!any) return;
    const front::RejectedCommand& one = m_commands[static_cast<std::size_t>(row)];
    QString text = tr("Why: %1").arg(QString::fromStdString(one.reason));
    if (one.dependents > 0)
        text += QLatin1Char('\n') +
                tr("%n other change(s) wait for it.", nullptr, static_cast<int>(one.dependents));
    m_reason.setText(text);
}

void RejectedDialog::deal(bool retry) {
    const int row = m_list.currentRow();
    if (row < 0 || row >= static_cast<int>(m_commands.size())) return;
    const std::string id = m_commands[static_cast<std::size_t>(row)].command.commandId;
    m_retry.setEnabled(false);
    m_discard.setEnabled(false);
    if (retry)
        m_session.retryRejected(id, this, [this](const Result<front::Receipt>& done) {
            dealt(done ? Status() : Status(done.error()));
        });
    else
        m_session.discardRejected(id, this, [this](const Result<front::Revision>& done) {
            dealt(done ? Status() : Status(done.error()));
        });
}

void RejectedDialog::dealt(const Status& status) {
    load();
    if (!status) m_lead.setText(hashirad::tray::errorText(status.error()));
}

}  // namespace hashira::board

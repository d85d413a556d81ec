// SPDX-License-Identifier: MIT
#include "messenger.h"

#include "words.h"

#include "desktop/small_file.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

namespace hashirad::tray {
namespace {

using hashira::Result;
using hashira::front::RejectedCommand;
using hashira::front::Status;

/// What cannot be read was not told: the worst of it is to hear of something once more.
QStringList readTold(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray text = file.read(hashira::desktop::kSmallFileBytes);
    QStringList told;
    for (const auto& value : QJsonDocument::fromJson(text).array()) told << value.toString();
    return told;
}

}  // namespace

Messenger::Messenger(hashira::daemon::DeskPort& desk, QString file, Notifier::Plain plain)
    : m_desk(desk),
      m_file(std::move(file)),
      m_kept(readTold(m_file)),
      m_notices(m_kept),
      m_notifier(std::move(plain)) {
    m_clock.start();
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &Messenger::step);
    connect(&m_notifier, &Notifier::clicked, this, [this](const QString& kind) {
        const auto found = m_shown.find(kind);
        if (found != m_shown.end()) Q_EMIT asked(found->second);
    });
    // No timer waits for a way to show it: the next change of the status tries again.
    connect(&m_notifier, &Notifier::unseen, this, [this](const QString& kind) {
        m_notices.unseen(kind);
        keepTold();
    });
}

void Messenger::look(const Status& status) {
    m_status = status;
    m_known = true;
    step();
}

void Messenger::setOn(bool on) {
    if (std::exchange(m_on, on) != on && m_known) step();
}

void Messenger::step() {
    m_next.stop();
    if (!m_on) return;
    const auto now = m_clock.elapsed();
    const Notices::Step step = m_notices.look(m_status, now);
    for (const QString& kind : step.withdraw) m_notifier.withdraw(kind);
    for (const Notice& notice : step.show)
        notice.remedy == Remedy::kRejected ? showRefused(notice) : show(notice);
    keepTold();
    if (step.next) m_next.start(static_cast<int>(*step.next - now));
}

void Messenger::show(const Notice& notice) {
    m_shown[notice.kind] = notice;
    const QString action = remedyText(notice.remedy);
    m_notifier.show(notice.kind, notice.title, notice.text,
                    action.isEmpty() ? Words::tr("Show") : action);
}

void Messenger::showRefused(Notice notice) {
    m_desk.listRejected([this, notice = std::move(notice)](
                            const Result<std::vector<RejectedCommand>>& list) mutable {
        if (list && !list->empty()) {
            const RejectedCommand& last = list->back();
            notice.text = Words::tr("“%1”: %2")
                              .arg(shortText(last.taskName), QString::fromStdString(last.reason)) +
                          QStringLiteral("\n\n") + notice.text;
        }
        show(notice);
    });
}

void Messenger::keepTold() {
    if (m_notices.told() == m_kept) return;
    m_kept = m_notices.told();
    // Without room on the disk it is told once more after the next start.
    (void)hashira::desktop::writeSmallFile(
        m_file, QJsonDocument(QJsonArray::fromStringList(m_kept)).toJson());
}

}  // namespace hashirad::tray

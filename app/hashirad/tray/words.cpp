// SPDX-License-Identifier: MIT
#include "words.h"

#include "problems.h"
#include "tray_limits.h"

#include <QLocale>
#include <QStringList>

namespace hashirad::tray {
namespace {

using hashira::Error;
using hashira::ErrorCode;
using hashira::front::Connectivity;
using hashira::front::Status;

QDateTime moment(const std::string& text) {
    return QDateTime::fromString(QString::fromStdString(text), Qt::ISODateWithMs).toLocalTime();
}

/// The time alone where it is today's.
QString clockWords(const QDateTime& when, const QDateTime& now) {
    const QLocale locale;
    return when.date() == now.toLocalTime().date()
               ? locale.toString(when.time(), QLocale::ShortFormat)
               : locale.toString(when, QLocale::ShortFormat);
}

QString pausedWords(const Status& status, const QDateTime& now) {
    const QDateTime until = moment(status.pausedUntil);
    if (!until.isValid()) return Words::tr("Paused");
    return Words::tr("Paused until %1").arg(clockWords(until, now));
}

/// Why it is off line, where that is the network's doing. A portal is told as a problem.
QString offlineWords(hashira::Reach reach) {
    switch (reach) {
        case hashira::Reach::kNone: return Words::tr("No network");
        case hashira::Reach::kPortal: return Words::tr("Sign in to this network");
        case hashira::Reach::kLocal:
        case hashira::Reach::kSite: return Words::tr("Offline, in a network of this place alone");
        case hashira::Reach::kUnknown:
        case hashira::Reach::kOnline: break;
    }
    return Words::tr("Offline");
}

QString stateWords(const Status& status, const QDateTime& now) {
    switch (status.connectivity) {
        case Connectivity::kLocalOnly: return Words::tr("On this machine only");
        case Connectivity::kConnecting: return Words::tr("Connecting");
        case Connectivity::kOnline: return Words::tr("Up to date");
        case Connectivity::kOffline: return offlineWords(status.network.reach);
        case Connectivity::kPaused: return pausedWords(status, now);
    }
    return {};
}

QString join(const Status& status, const QString& synced, const QDateTime& now) {
    QStringList parts;
    if (status.pending > 0 && status.connectivity != Connectivity::kLocalOnly) {
        if (status.connectivity != Connectivity::kOnline) parts << stateWords(status, now);
        parts << waitingWords(status.pending);
    } else {
        parts << stateWords(status, now);
    }
    if (!synced.isEmpty()) parts << synced;
    return parts.join(QStringLiteral(" · "));
}

/// %1 is what the error says itself, a whole English sentence. English needs no more than that.
QString kindText(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid: return Words::tr("%1", "what was given is wrong");
        case ErrorCode::kNotFound: return Words::tr("%1", "it does not exist");
        case ErrorCode::kUnavailable: return Words::tr("%1", "it cannot be reached now");
        case ErrorCode::kUnauthenticated: return Words::tr("%1", "the token is not accepted");
        case ErrorCode::kDenied: return Words::tr("%1", "it is not allowed");
        case ErrorCode::kExhausted: return Words::tr("%1", "a limit is reached");
        case ErrorCode::kPrecondition: return Words::tr("%1", "it cannot be done as things are");
        case ErrorCode::kDiskFull: return Words::tr("%1", "the disk is full");
        case ErrorCode::kBusy: return Words::tr("%1", "another program uses it");
        case ErrorCode::kLocked: return Words::tr("%1", "the keyring is locked or missing");
        case ErrorCode::kCorrupt: return Words::tr("%1", "a file is damaged");
        case ErrorCode::kNewer: return Words::tr("%1", "a file is of a newer version");
        case ErrorCode::kDeadline: return Words::tr("%1", "it took too long");
        case ErrorCode::kCancelled: return Words::tr("%1", "it was called off");
        case ErrorCode::kInternal: return Words::tr("%1", "something unexpected happened");
    }
    return QStringLiteral("%1");
}

}  // namespace

Look lookOf(const Status& status) {
    if (!problemsOf(status).empty()) return Look::kAttention;
    switch (status.connectivity) {
        case Connectivity::kLocalOnly: return Look::kIdle;
        case Connectivity::kConnecting: return Look::kSyncing;
        case Connectivity::kOnline: return status.pending > 0 ? Look::kSyncing : Look::kIdle;
        case Connectivity::kOffline: return Look::kOffline;
        case Connectivity::kPaused: return Look::kPaused;
    }
    return Look::kIdle;
}

QString toolTip(const Status& status, const QDateTime& now) {
    const QDateTime synced = moment(status.lastSync);
    if (!synced.isValid()) return join(status, {}, now);
    // On line each sync makes these words anew; else they may be read on another day.
    const bool stays = status.connectivity == Connectivity::kOffline ||
                       status.connectivity == Connectivity::kPaused;
    const QString when =
        stays ? QLocale().toString(synced, QLocale::ShortFormat) : clockWords(synced, now);
    return join(status, Words::tr("last synced at %1").arg(when), now);
}

QString stateLine(const Status& status, const QDateTime& now) {
    const QDateTime synced = moment(status.lastSync);
    if (!synced.isValid()) return join(status, {}, now);
    return join(status, Words::tr("last synced %1").arg(ago(synced.secsTo(now))), now);
}

QString waitingWords(std::uint64_t count) {
    return count == 1 ? Words::tr("1 change waiting") : Words::tr("%1 changes waiting").arg(count);
}

QString signOutText(const Status& status) {
    QString text = Words::tr("Your tasks stay on this machine. The token leaves the keyring.");
    if (status.pending > 0)
        text += QStringLiteral("\n\n") +
                Words::tr(
                    "What is not synced yet waits here until this account is signed in "
                    "again: %1.")
                    .arg(waitingWords(status.pending));
    return text;
}

QString ago(qint64 seconds) {
    constexpr qint64 kMinute = 60;
    constexpr qint64 kHour = 60 * kMinute;
    constexpr qint64 kDay = 24 * kHour;
    if (seconds < kMinute) return Words::tr("just now");
    if (seconds < 2 * kMinute) return Words::tr("a minute ago");
    if (seconds < kHour) return Words::tr("%1 minutes ago").arg(seconds / kMinute);
    if (seconds < 2 * kHour) return Words::tr("an hour ago");
    if (seconds < kDay) return Words::tr("%1 hours ago").arg(seconds / kHour);
    if (seconds < 2 * kDay) return Words::tr("a day ago");
    return Words::tr("%1 days ago").arg(seconds / kDay);
}

QString sentence(const std::string& words) {
    QString text = QString::fromStdString(words);
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

QString errorText(const Error& error) {
    return kindText(error.code).arg(sentence(error.message));
}

QString shortText(const std::string& name) {
    QString text = QString::fromStdString(name).simplified();
    if (text.size() > kMenuCharacters) {
        text.truncate(kMenuCharacters - 1);
        if (text.back().isHighSurrogate()) text.chop(1);
        text += QChar(0x2026);
    }
    return text;
}

QString menuText(const std::string& name, Drawn drawn) {
    QString text = shortText(name);
    const QString both = QStringLiteral("&&");
    if (drawn == Drawn::kByQt) return text.replace(QLatin1Char('&'), both);
    text.replace(QLatin1Char('_'), QStringLiteral("__"));
    const qsizetype first = text.indexOf(QLatin1Char('&'));
    return first < 0 ? text : text.replace(first, 1, both);
}

}  // namespace hashirad::tray

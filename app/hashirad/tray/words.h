// SPDX-License-Identifier: MIT
#pragma once

#include "model/front.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QString>

/// What the tray says, and by which shape it says it. Pure: no screen, no clock of its own.
namespace hashirad::tray {

/// All texts of the tray, for translators.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

/// What the icon shows. Told apart by shape, not by colour.
enum class Look { kIdle, kSyncing, kOffline, kPaused, kAttention };
inline constexpr Look kLooks[] = {Look::kIdle, Look::kSyncing, Look::kOffline, Look::kPaused,
                                  Look::kAttention};

Look lookOf(const hashira::front::Status& status);

/// `3 changes waiting · last synced at 14:05`. A moment and not a distance: a tray's host is pushed
/// what it shows, and must not be woken to let a minute pass.
QString toolTip(const hashira::front::Status& status, const QDateTime& now);

/// `3 changes waiting · last synced 2 minutes ago`, for what is read as soon as it is made.
QString stateLine(const hashira::front::Status& status, const QDateTime& now);

/// `2 minutes ago`
QString ago(qint64 seconds);

/// A task's name as a menu can show it: one line, not too long, no mnemonics.
QString menuText(const std::string& name);

}  // namespace hashirad::tray

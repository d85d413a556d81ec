// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
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
/// what it shows, and must not be woken to let a minute pass. With its day, where no sync to come
/// makes it anew.
QString toolTip(const hashira::front::Status& status, const QDateTime& now);

/// `3 changes waiting · last synced 2 minutes ago`, for what is read as soon as it is made.
QString stateLine(const hashira::front::Status& status, const QDateTime& now);

/// `3 changes waiting`
QString waitingWords(std::uint64_t count);

/// What a person must know before they sign out: what becomes of the tasks, and what waits.
QString signOutText(const hashira::front::Status& status);

/// `2 minutes ago`
QString ago(qint64 seconds);

/// An error's words as a window says them, which begin without a capital elsewhere.
QString sentence(const std::string& words);

/// Why something could not be done, in the person's language by the kind of the error, and with its
/// own words, which are English: they tell what exactly, and what to do.
QString errorText(const hashira::Error& error);

/// A text in one line that is not too long.
QString shortText(const std::string& name);

/// Who draws the menu: Qt, or the host of the icon, which Qt tells of it over D-Bus. They mark
/// mnemonics each in their own way, and Qt 6.4 translates but the first.
enum class Drawn { kByQt, kByHost };

/// A task's name as a menu shows it: short, and no part of it taken for a mnemonic.
QString menuText(const std::string& name, Drawn drawn);

}  // namespace hashirad::tray

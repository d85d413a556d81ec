// SPDX-License-Identifier: MIT
#include "settings_keeper.h"

#include "settings_file.h"

#include "desktop/small_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cstdio>
#include <utility>

namespace hashirad {
namespace {

using hashira::Error;
using hashira::ErrorCode;
using hashira::Status;

void say(const std::string& words) {
    std::fprintf(stderr, "hashirad: %s\n", words.c_str());
}

/// An editor may empty a file before it writes it, and what that would mean must not hold.
constexpr int kSettleMs = 200;

bool needsStart(const hashira::daemon::Settings& a, const hashira::daemon::Settings& b) {
    return a.dataDir != b.dataDir || a.listen != b.listen || a.datastore != b.datastore ||
           a.token != b.token || a.caFile != b.caFile;
}

}  // namespace

SettingsKeeper::SettingsKeeper(QStringList arguments, Options options, Configure configure)
    : m_arguments(std::move(arguments)),
      m_options(std::move(options)),
      m_configure(std::move(configure)),
      m_autostart(hashira::desktop::makeAutostart(
          {QCoreApplication::applicationFilePath(), m_options.again})) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    const auto settle = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, settle);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, settle);
    connect(&m_settle, &QTimer::timeout, this, &SettingsKeeper::read);
    watchFile();
}

/// Of the directory too: editors put a new file in the place of the old one.
void SettingsKeeper::watchFile() {
    const QString path = settingsFile();
    const QString directory = QFileInfo(path).path();
    // One that is made later would need a watch of the person's whole directory of settings.
    if (!QDir().mkpath(directory)) return;
    m_watcher.addPath(directory);
    if (QFile::exists(path)) m_watcher.addPath(path);
}

std::string SettingsKeeper::file() const {
    return settingsFile().toStdString();
}

void SettingsKeeper::read() {
    watchFile();
    auto options = readOptions(m_arguments);
    if (!options) return say(options.error().message + "; what was set before holds on");
    if (needsStart(options->settings, m_options.settings))
        say("a change in " + file() + " holds from the next start on");
    const bool changed = options->wishes != m_options.wishes;
    m_options = std::move(*options);
    if (!changed) return;
    m_configure(m_options.wishes);
    if (m_changed) m_changed();
}

Status SettingsKeeper::keep(const Wishes& wishes) {
    const Wishes before = m_options.wishes;
    QFile opened(settingsFile());
    QByteArray text;
    if (opened.exists()) {
        if (!opened.open(QIODevice::ReadOnly))
            return Error{ErrorCode::kPrecondition,
                         "cannot read " + file() + ": " + opened.errorString().toStdString()};
        text = opened.readAll();
    }
    if (wishes.weeksKept != before.weeksKept)
        text = withSetting(text, "weeks-kept", QByteArray::number(wishes.weeksKept));
    if (wishes.syncSeconds != before.syncSeconds)
        text = withSetting(text, "sync-interval", QByteArray::number(wishes.syncSeconds));
    if (wishes.notifications != before.notifications)
        text = withSetting(text, "notifications", wishes.notifications ? "on" : "off");
    if (wishes == before) return {};
    if (const Status kept = hashira::desktop::writeSmallFile(settingsFile(), text); !kept)
        return kept;
    read();
    return {};
}

}  // namespace hashirad

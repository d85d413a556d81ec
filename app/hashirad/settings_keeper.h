// SPDX-License-Identifier: MIT
#pragma once

#include "options.h"
#include "wishes.h"

#include "desktop/autostart.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <utility>

namespace hashirad {

/// Keeps the settings file and the running daemon together: a change of the one holds at once in
/// the other, whoever made it. What needs a new start is said in the log. For the main thread.
class SettingsKeeper final : public QObject, public WishesPort {
public:
    using Configure = std::function<void(const Wishes&)>;

    /// `configure` is called with each change; `arguments`: the program's, which win over the file.
    SettingsKeeper(QStringList arguments, Options options, Configure configure);

    Wishes wishes() const override { return m_options.wishes; }
    const WishesFixed& fixed() const override { return m_options.fixed; }
    hashira::Status keep(const Wishes& wishes) override;
    void watch(std::function<void()> changed) override { m_changed = std::move(changed); }
    std::string file() const override;
    hashira::desktop::Autostart& autostart() override { return *m_autostart; }

private:
    void watchFile();
    void read();

    const QStringList m_arguments;
    Options m_options;
    const Configure m_configure;
    std::function<void()> m_changed;
    const std::unique_ptr<hashira::desktop::Autostart> m_autostart;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;  ///< runs from a change of the file until it is read
};

}  // namespace hashirad

// SPDX-License-Identifier: MIT
#include "desktop/autostart_xdg.h"

#include "desktop/small_file.h"

#include <QFile>

#include <algorithm>
#include <utility>

namespace hashira::desktop {
namespace {

const QString kFile = QStringLiteral("/hashira.desktop");
const QString kDirectory = QStringLiteral("/autostart");

/// A text value of a desktop entry.
QString escaped(QString text) {
    return text.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
        .replace(QLatin1Char('\n'), QStringLiteral("\\n"));
}

/// One argument of Exec: quoted there, and the whole is a text value once more.
QString quoted(QString argument) {
    for (const char c : {'\\', '"', '`', '$'})
        argument.replace(QLatin1Char(c), QLatin1Char('\\') + QString(QLatin1Char(c)));
    argument.replace(QLatin1Char('%'), QStringLiteral("%%"));
    return escaped(QLatin1Char('"') + argument + QLatin1Char('"'));
}

/// Whether this file starts anything at login: `Hidden`, or GNOME's switch, takes it back.
bool starts(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return false;
    bool inEntry = false;
    bool on = true;
    for (const QByteArray& raw : file.read(kSmallFileBytes).split('\n')) {
        const QByteArray line = raw.trimmed();
        if (line.startsWith('[')) inEntry = line == "[Desktop Entry]";
        const qsizetype equals = line.indexOf('=');
        if (!inEntry || equals < 0) continue;
        const QByteArray key = line.left(equals).trimmed();
        const QByteArray value = line.mid(equals + 1).trimmed();
        if (key == "Hidden" && value == "true") on = false;
        if (key == "X-GNOME-Autostart-enabled" && value == "false") on = false;
    }
    return on;
}

QStringList filesIn(const QStringList& configs) {
    QStringList files;
    for (const QString& config : configs) files << config + kDirectory + kFile;
    return files;
}

}  // namespace

XdgAutostart::XdgAutostart(QString config, QStringList systemConfigs, LoginProgram program)
    : m_directory(std::move(config) + kDirectory),
      m_systemFiles(filesIn(systemConfigs)),
      m_program(std::move(program)) {}

bool XdgAutostart::enabled() const {
    const QString own = m_directory + kFile;
    return QFile::exists(own) ? starts(own) : systemEnabled();
}

bool XdgAutostart::systemEnabled() const {
    const auto first = std::find_if(m_systemFiles.begin(), m_systemFiles.end(),
                                    [](const QString& file) { return QFile::exists(file); });
    return first != m_systemFiles.end() && starts(*first);
}

Status XdgAutostart::set(bool enabled) {
    const QString own = m_directory + kFile;
    if (!enabled && !systemEnabled()) return removeSmallFile(own);
    return writeSmallFile(own, entry(!enabled));
}

QByteArray XdgAutostart::entry(bool hidden) const {
    QStringList command{quoted(m_program.path)};
    for (const QString& argument : m_program.arguments) command << quoted(argument);
    QStringList lines{QStringLiteral("[Desktop Entry]"),
                      QStringLiteral("Type=Application"),
                      QStringLiteral("Name=Hashira"),
                      QStringLiteral("Comment=Keeps the tasks of the day on this machine"),
                      QStringLiteral("Exec=") + command.join(QLatin1Char(' ')),
                      QStringLiteral("TryExec=") + escaped(m_program.path),
                      QStringLiteral("Icon=hashira"),
                      QStringLiteral("Terminal=false")};
    if (hidden) lines << QStringLiteral("Hidden=true");
    return lines.join(QLatin1Char('\n')).toUtf8() + '\n';
}

}  // namespace hashira::desktop

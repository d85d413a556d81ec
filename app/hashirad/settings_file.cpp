// SPDX-License-Identifier: MIT
#include "settings_file.h"

#include <QByteArrayList>
#include <QDir>
#include <QStandardPaths>

namespace hashirad {

QString settingsFile() {
#ifdef Q_OS_WIN
    // What goes with the person from machine to machine; Qt names the other directory.
    const QString settings = QDir::fromNativeSeparators(qEnvironmentVariable("APPDATA"));
#else
    const QString settings =
        QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
#endif
    return settings + QStringLiteral("/hashira/hashirad.conf");
}

QByteArray withSetting(const QByteArray& text, const QByteArray& key, const QByteArray& value) {
    const QByteArray wanted = key + '=' + value;
    QByteArrayList lines = text.split('\n');
    if (lines.last().isEmpty()) lines.removeLast();
    // Ours are the keys before any section, or in the one that QSettings calls General.
    bool ours = true;
    qsizetype end = 0;  // where a new one goes: after the last line of ours
    bool found = false;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QByteArray line = lines[i].trimmed();
        if (line.startsWith('[')) ours = line.compare("[General]", Qt::CaseInsensitive) == 0;
        if (!ours) continue;
        if (!line.isEmpty()) end = i + 1;
        const qsizetype equals = line.indexOf('=');
        if (equals < 0 || line.left(equals).trimmed() != key) continue;
        lines[i] = wanted;  // of one that is there twice QSettings takes the last
        found = true;
    }
    if (!found) lines.insert(end, wanted);
    return lines.join('\n') + '\n';
}

}  // namespace hashirad

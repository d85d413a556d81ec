// SPDX-License-Identifier: MIT
#include "desktop/autostart_run_key.h"

#include <QDir>

#include <utility>

namespace hashira::desktop {
namespace {

const QString kValue = QStringLiteral("Hashira");

/// One argument of a command line as CommandLineToArgvW takes it apart: backslashes count only
/// before a quote, and each of these is doubled.
QString quoted(const QString& argument) {
    QString text;
    qsizetype backslashes = 0;
    for (const QChar c : argument) {
        if (c == QLatin1Char('\\')) {
            ++backslashes;
            continue;
        }
        if (c == QLatin1Char('"')) backslashes = 2 * backslashes + 1;
        text += QString(std::exchange(backslashes, 0), QLatin1Char('\\')) + c;
    }
    text += QString(2 * backslashes, QLatin1Char('\\'));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString commandLine(const LoginProgram& program) {
    QStringList parts{quoted(QDir::toNativeSeparators(program.path))};
    for (const QString& argument : program.arguments) parts << quoted(argument);
    return parts.join(QLatin1Char(' '));
}

}  // namespace

RunKeyAutostart::RunKeyAutostart(QString key, QSettings::Format format, LoginProgram program)
    : m_key(std::move(key)), m_format(format), m_program(std::move(program)) {}

bool RunKeyAutostart::enabled() const {
    return !QSettings(m_key, m_format).value(kValue).toString().isEmpty();
}

Status RunKeyAutostart::set(bool enabled) {
    QSettings run(m_key, m_format);
    if (enabled)
        run.setValue(kValue, commandLine(m_program));
    else
        run.remove(kValue);
    run.sync();
    if (run.status() == QSettings::NoError) return {};
    return Error{ErrorCode::kPrecondition, "cannot write " + m_key.toStdString()};
}

}  // namespace hashira::desktop

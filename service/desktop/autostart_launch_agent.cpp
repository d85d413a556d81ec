// SPDX-License-Identifier: MIT
#include "desktop/autostart_launch_agent.h"

#include "desktop/small_file.h"

#include <QFile>

#include <utility>

namespace hashira::desktop {
namespace {

const QString kLabel = QStringLiteral("org.hashira.hashirad");

QString element(const QString& text) {
    return QStringLiteral("    <string>%1</string>\n").arg(text.toHtmlEscaped());
}

QByteArray propertyList(const LoginProgram& program) {
    QString command = element(program.path);
    for (const QString& argument : program.arguments) command += element(argument);
    // Not KeepAlive: who quits it wants it to be gone.
    return QStringLiteral(
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
               "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
               "<plist version=\"1.0\">\n"
               "<dict>\n"
               "  <key>Label</key>\n"
               "  <string>%1</string>\n"
               "  <key>ProgramArguments</key>\n"
               "  <array>\n%2  </array>\n"
               "  <key>RunAtLoad</key>\n"
               "  <true/>\n"
               "  <key>ProcessType</key>\n"
               "  <string>Interactive</string>\n"
               "</dict>\n"
               "</plist>\n")
        .arg(kLabel, command)
        .toUtf8();
}

}  // namespace

LaunchAgentAutostart::LaunchAgentAutostart(const QString& directory, LoginProgram program)
    : m_file(directory + QLatin1Char('/') + kLabel + QStringLiteral(".plist")),
      m_program(std::move(program)) {}

bool LaunchAgentAutostart::enabled() const {
    return QFile::exists(m_file);
}

Status LaunchAgentAutostart::set(bool enabled) {
    return enabled ? writeSmallFile(m_file, propertyList(m_program)) : removeSmallFile(m_file);
}

}  // namespace hashira::desktop

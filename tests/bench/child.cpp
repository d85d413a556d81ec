// SPDX-License-Identifier: MIT
#include "bench/child.h"

#include <QDir>
#include <QFile>

namespace hashira::bench {
namespace {

constexpr int kLimitMs = 30'000;

std::string pathOf(const QString& program, const Setting& setting) {
    return (setting.programs + QLatin1Char('/') + program).toStdString();
}

}  // namespace

QProcessEnvironment childEnvironment(const std::string& place) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& name : environment.keys())
        if (name.startsWith(QLatin1String("HASHIRA_"))) environment.remove(name);
    const QString home = QString::fromStdString(place);
    environment.insert(QStringLiteral("HOME"), home);
    for (const char* kind : {"DATA", "CONFIG", "STATE", "CACHE"})
        environment.insert(QStringLiteral("XDG_%1_HOME").arg(QLatin1String(kind)),
                           home + QStringLiteral("/xdg"));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), home);
    return environment;
}

Child::Child(const Setting& setting, const QString& program, const QStringList& arguments,
             const std::string& log) {
    m_process.setProcessEnvironment(childEnvironment(setting.place));
    m_process.setStandardErrorFile(QString::fromStdString(log), QIODevice::Append);
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.start(QString::fromStdString(pathOf(program, setting)), arguments);
    while (!m_process.canReadLine())
        if (!m_process.waitForReadyRead(kLimitMs))
            throw Failure(program.toStdString() + " gave no endpoint; its log is " + log);
    const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
    const QString endpoint = line.section(QLatin1Char(' '), -1);
    m_target =
        (endpoint.startsWith(QLatin1String("tcp:")) ? endpoint.mid(4) : endpoint).toStdString();
}

Child::~Child() {
    m_process.terminate();
    if (m_process.waitForFinished(kLimitMs)) return;
    m_process.kill();
    m_process.waitForFinished(kLimitMs);
}

QString outputOf(const Setting& setting, const QString& program, const QStringList& arguments,
                 const std::string& place) {
    QProcess process;
    process.setProcessEnvironment(childEnvironment(place));
    process.start(QString::fromStdString(pathOf(program, setting)), arguments);
    if (!process.waitForFinished(kLimitMs) || process.exitCode() != 0)
        throw Failure(program.toStdString() + " " + arguments.join(QLatin1Char(' ')).toStdString() +
                      ": " + process.readAllStandardError().toStdString());
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

Datastore::Datastore(const Setting& setting, const std::string& directory)
    : m_tokenFile(directory + "/token") {
    const QString program = QStringLiteral("hashira-datastored");
    const QStringList database{QStringLiteral("--database"),
                               QString::fromStdString("sqlite:" + directory + "/datastore.db")};
    const QString account = QStringLiteral("bench");
    outputOf(setting, program,
             QStringList{QStringLiteral("account"), QStringLiteral("add"), account} + database,
             directory);
    const QString token = outputOf(
        setting, program,
        QStringList{QStringLiteral("token"), QStringLiteral("new"), account} + database, directory);
    QFile file(QString::fromStdString(m_tokenFile));
    if (!file.open(QIODevice::WriteOnly)) throw Failure("cannot write " + m_tokenFile);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write(token.toUtf8() + '\n');
    file.close();
    m_child =
        std::make_unique<Child>(setting, program,
                                QStringList{QStringLiteral("serve"), QStringLiteral("--listen"),
                                            QStringLiteral("tcp:127.0.0.1:0")} +
                                    database,
                                directory + "/datastore.log");
}

std::unique_ptr<Child> startDaemon(const Setting& setting, const std::string& directory,
                                   const Datastore* datastore, const QStringList& more) {
    QStringList arguments{QStringLiteral("--headless"), QStringLiteral("--data-dir"),
                          QString::fromStdString(directory + "/data"), QStringLiteral("--listen"),
                          QString::fromStdString("unix:" + directory + "/s")};
    if (datastore)
        arguments +=
            {QStringLiteral("--datastore"), QString::fromStdString(datastore->url()),
             QStringLiteral("--token-file"), QString::fromStdString(datastore->tokenFile())};
    return std::make_unique<Child>(setting, QStringLiteral("hashirad"), arguments + more,
                                   directory + "/daemon.log");
}

std::unique_ptr<Child> startFloor(const Setting& setting, const std::string& directory,
                                  const std::string& messages) {
    QStringList arguments{QString::fromStdString("unix:" + directory + "/f")};
    if (!messages.empty()) arguments += QString::fromStdString(messages);
    return std::make_unique<Child>(setting, QStringLiteral("hashira-bench-floor"), arguments,
                                   directory + "/floor.log");
}

std::unique_ptr<Child> startFloorOnTcp(const Setting& setting, const std::string& directory) {
    return std::make_unique<Child>(setting, QStringLiteral("hashira-bench-floor"),
                                   QStringList{QStringLiteral("127.0.0.1:0")},
                                   directory + "/floor.log");
}

}  // namespace hashira::bench
